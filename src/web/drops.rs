//! Drops, file inputs and folders as a flat list of files with their paths.
//!
//! Three ways lead from a drop to files, and no browser has all of them everywhere: handles
//! (`getAsFileSystemHandle`: Chromium, the only one that works on a page opened from `file://`),
//! entries (`webkitGetAsEntry`: elsewhere), and plain files. Each item takes the first that works.
//! All must be asked for before the drop event returns, or the browser empties the list.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DataTransfer, File, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry,
    HtmlInputElement,
};

/// How many files one drop may bring; a home folder dropped by mistake must not fill the tab.
pub const MOST_FILES: usize = 1_000_000;

/// How deep folders may be nested.
const DEEPEST: usize = 64;

/// A file with its path in the drop. A `File` is a `Blob`: nothing is read yet.
#[derive(Clone, Debug)]
pub struct DroppedFile {
    /// Its path in the drop, as `sweep/results.csv`.
    pub path: String,
    /// The file.
    pub blob: Blob,
}

/// What was found so far, and who hears of it.
struct Found<'a> {
    files: Vec<DroppedFile>,
    tell: &'a dyn Fn(usize) -> bool,
}

impl Found<'_> {
    fn push(&mut self, path: String, file: File) {
        if self.files.len() < MOST_FILES {
            self.files.push(DroppedFile {
                path,
                blob: file.unchecked_into(),
            });
        }
    }

    /// Whether no more are wanted.
    fn is_full(&self) -> bool {
        self.files.len() >= MOST_FILES || !(self.tell)(self.files.len())
    }
}

/// One item of a drop, asked for while the event lasts.
enum Item {
    Handle(Promise, Option<File>),
    Entry(FileSystemEntry, Option<File>),
    Plain(File),
}

/// The files of a drop or paste event. The event's list is read before the returned future is first
/// awaited, as browsers demand.
///
/// `tell` hears how many files were found so far, again and again; where it says false, that is all.
pub fn from_transfer<T: Fn(usize) -> bool>(
    transfer: &DataTransfer,
    tell: T,
) -> impl Future<Output = Vec<DroppedFile>> + use<T> {
    let items = items_of(transfer);
    async move {
        let mut found = Found {
            files: Vec::new(),
            tell: &tell,
        };
        for item in items {
            take_item(item, &mut found).await;
        }
        found.files
    }
}

/// The files of a file or folder input; folders give each file its path.
pub fn from_input(input: &HtmlInputElement) -> Vec<DroppedFile> {
    let mut found = Found {
        files: Vec::new(),
        tell: &|_| true,
    };
    if let Some(list) = input.files() {
        for at in 0..list.length() {
            if let Some(file) = list.get(at) {
                found.push(path_of(&file), file);
            }
        }
    }
    // So that the same file can be chosen again.
    input.set_value("");
    found.files
}

/// A text as a file: what was pasted.
pub fn from_text(path: &str, text: &str) -> Option<DroppedFile> {
    let blob = Blob::new_with_str_sequence(&Array::of1(&text.into())).ok()?;
    Some(DroppedFile {
        path: path.to_owned(),
        blob,
    })
}

fn items_of(transfer: &DataTransfer) -> Vec<Item> {
    let list = transfer.items();
    let mut items = Vec::new();
    for at in 0..list.length() {
        let Some(item) = list.get(at).filter(|item| item.kind() == "file") else {
            continue;
        };
        let plain = item.get_as_file().ok().flatten();
        let asked = Reflect::get(&item, &"getAsFileSystemHandle".into())
            .ok()
            .and_then(|method| method.dyn_into::<Function>().ok())
            .and_then(|method| method.call0(&item).ok())
            .and_then(|promise| promise.dyn_into::<Promise>().ok());
        if let Some(promise) = asked {
            items.push(Item::Handle(promise, plain));
        } else if let Some(entry) = item.webkit_get_as_entry().ok().flatten() {
            items.push(Item::Entry(entry, plain));
        } else if let Some(file) = plain {
            items.push(Item::Plain(file));
        }
    }
    // A made-up event (a test's, an extension's) can carry files without items.
    if items.is_empty()
        && let Some(files) = transfer.files()
    {
        items.extend(
            (0..files.length())
                .filter_map(|at| files.get(at))
                .map(Item::Plain),
        );
    }
    items
}

async fn take_item(item: Item, found: &mut Found<'_>) {
    match item {
        Item::Handle(promise, plain) => {
            let before = found.files.len();
            if let Ok(handle) = JsFuture::from(promise).await
                && !handle.is_null()
                && !handle.is_undefined()
            {
                walk_handle(handle, found).await;
            }
            if found.files.len() == before
                && let Some(file) = plain
            {
                found.push(path_of(&file), file);
            }
        }
        Item::Entry(entry, plain) => {
            let before = found.files.len();
            walk_entry(entry, found).await;
            if found.files.len() == before
                && let Some(file) = plain
            {
                found.push(path_of(&file), file);
            }
        }
        Item::Plain(file) => found.push(path_of(&file), file),
    }
}

/// How many handles are asked at once: each answer comes from another process.
const AT_ONCE: usize = 128;

/// Collects the files below a file system handle.
async fn walk_handle(root: JsValue, found: &mut Found<'_>) {
    let mut waiting = vec![(root, String::new(), 0)];
    while !waiting.is_empty() && !found.is_full() {
        let batch = waiting.split_off(waiting.len().saturating_sub(AT_ONCE));
        // Asked all before the first is waited for.
        let asked: Vec<_> = batch
            .into_iter()
            .map(|(handle, parent, depth)| {
                let path = join(&parent, &text(&handle, "name"));
                let file = (text(&handle, "kind") == "file").then(|| called(&handle, "getFile"));
                (handle, path, depth, file)
            })
            .collect();
        for (handle, path, depth, file) in asked {
            match file {
                Some(file) => {
                    let file = settled(file).await;
                    if let Some(file) = file.and_then(|file| file.dyn_into::<File>().ok()) {
                        found.push(path, file);
                    }
                }
                None if depth < DEEPEST => {
                    let children = children_of(&handle).await.into_iter();
                    waiting.extend(children.map(|child| (child, path.clone(), depth + 1)));
                }
                None => {}
            }
        }
    }
}

/// The handles in a folder.
async fn children_of(folder: &JsValue) -> Vec<JsValue> {
    let mut children = Vec::new();
    let values = method(folder, "values").and_then(|values| values.call0(folder).ok());
    let Some(iterator) = values else {
        return children;
    };
    while let Some(step) = settled(called(&iterator, "next")).await {
        if Reflect::get(&step, &"done".into()).is_ok_and(|done| done.is_truthy()) {
            break;
        }
        let Ok(child) = Reflect::get(&step, &"value".into()) else {
            break;
        };
        children.push(child);
        if children.len() >= MOST_FILES {
            break;
        }
    }
    children
}

/// Collects the files below an entry, in the order of their paths.
async fn walk_entry(root: FileSystemEntry, found: &mut Found<'_>) {
    let mut waiting = vec![(root, String::new(), 0)];
    while let Some((entry, parent, depth)) = waiting.pop() {
        let path = join(&parent, &entry.name());
        if entry.is_file() {
            let entry: FileSystemFileEntry = entry.unchecked_into();
            let promise = Promise::new(&mut |resolve, reject| {
                entry.file_with_callback_and_callback(&resolve, &reject);
            });
            if let Ok(file) = JsFuture::from(promise).await {
                found.push(path, file.unchecked_into());
            }
            continue;
        }
        if depth >= DEEPEST || found.is_full() {
            continue;
        }
        let directory: FileSystemDirectoryEntry = entry.unchecked_into();
        let reader = directory.create_reader();
        let mut children: Vec<FileSystemEntry> = Vec::new();
        // A reader gives at most some hundred entries a call, and none at the end.
        loop {
            let promise = Promise::new(&mut |resolve, reject| {
                // An error comes through the callback as well.
                let _asked = reader.read_entries_with_callback_and_callback(&resolve, &reject);
            });
            let Ok(batch) = JsFuture::from(promise).await else {
                break;
            };
            let batch = Array::from(&batch);
            if batch.length() == 0 || children.len() >= MOST_FILES {
                break;
            }
            children.extend(batch.iter().map(JsCast::unchecked_into::<FileSystemEntry>));
        }
        order::by_key(&mut children, |child| std::cmp::Reverse(child.name()));
        waiting.extend(
            children
                .into_iter()
                .map(|child| (child, path.clone(), depth + 1)),
        );
    }
}

fn path_of(file: &File) -> String {
    let relative = text(file, "webkitRelativePath");
    if relative.is_empty() {
        file.name()
    } else {
        relative
    }
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}/{name}")
    }
}

fn text(object: &JsValue, key: &str) -> String {
    Reflect::get(object, &key.into())
        .ok()
        .and_then(|value| value.as_string())
        .unwrap_or_default()
}

fn method(object: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(object, &name.into()).ok()?.dyn_into().ok()
}

/// The promise that a method without arguments gives.
fn called(object: &JsValue, name: &str) -> Option<Promise> {
    let promise = method(object, name)?.call0(object).ok()?;
    promise.dyn_into().ok()
}

async fn settled(promise: Option<Promise>) -> Option<JsValue> {
    JsFuture::from(promise?).await.ok()
}
