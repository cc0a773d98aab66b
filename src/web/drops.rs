//! Drops, file inputs and folders as files with their paths, told one by one as they are found.
//!
//! Three ways lead from a drop to files, and no browser has all of them everywhere: handles
//! (`getAsFileSystemHandle`: Chromium, the only one that works on a page opened from `file://`),
//! entries (`webkitGetAsEntry`: elsewhere), and plain files. Each item takes the first that works.
//! All must be asked for before the drop event returns, or the browser empties the list.
//!
//! Every look into a folder is a question to another process, so many are asked at once, and the files found go on
//! while the rest is looked for. A browser does not know the size of an input's files: to ask for it has the page wait
//! as long as it takes to read a small file, so of many files the contents are asked for instead.

use super::bundles::{Bundler, FEW_FILES, MOST_FILES, SMALL_BYTES};
use super::later::call;
use js_sys::{Array, Function, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, DataTransfer, File, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry,
    HtmlInputElement,
};

/// How deep folders may be nested.
const DEEPEST: usize = 64;

/// How many folders and files are asked for at once.
const AT_ONCE: usize = 128;

/// What a drop, a paste or an input brings; nothing is looked for yet.
pub struct Delivery {
    items: Vec<Item>,
    /// The files of an input.
    list: Array,
}

/// Who is told of files that are found.
pub(super) trait Finder {
    /// Whether further files are wanted.
    fn has_room(&self) -> bool;
    /// A file was found.
    fn add(&self, path: String, blob: Blob);
    /// Whether contents may lie in memory.
    fn has_room_for_contents(&self) -> bool {
        false
    }
    /// A small file was found, by its contents.
    fn add_contents(&self, path: String, blob: &Blob, _bytes: u64, _pieces: &Array) {
        self.add(path, blob.clone());
    }
}

/// One item, asked for while the event lasts.
enum Item {
    Handle(Promise, Option<File>),
    Entry(FileSystemEntry, Option<File>),
    Plain(File),
    Made(String, Blob),
}

impl Delivery {
    /// What a drop or paste event brings.
    pub fn of_transfer(transfer: &DataTransfer) -> Self {
        Self {
            items: items_of(transfer),
            list: Array::new(),
        }
    }

    /// What a file or folder input holds; it is emptied, so that the same file can be chosen again.
    pub fn of_input(input: &HtmlInputElement) -> Self {
        // The input's own list is emptied with it.
        let list = input
            .files()
            .map_or_else(Array::new, |list| Array::from(&list));
        input.set_value("");
        Self {
            items: Vec::new(),
            list,
        }
    }

    /// One file that the page has: a sample's.
    pub fn of_blob(path: &str, blob: Blob) -> Self {
        Self {
            items: vec![Item::Made(path.to_owned(), blob)],
            list: Array::new(),
        }
    }

    /// A text as a file: what was pasted.
    pub fn of_text(path: &str, text: &str) -> Option<Self> {
        let blob = Blob::new_with_str_sequence(&Array::of1(&text.into())).ok()?;
        Some(Self::of_blob(path, blob))
    }

    /// Whether nothing was brought, as an input says that was emptied.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.list.length() == 0
    }

    /// Looks for the files and tells each to the bundler, until it wants no more.
    pub async fn gather(self, to: &Rc<Bundler>) {
        for item in self.items {
            take_item(item, to).await;
        }
        if self.list.length() as usize <= FEW_FILES {
            for file in self.list.iter() {
                take_plain(file.unchecked_into(), to);
            }
            return;
        }
        let files = self.list.iter().map(JsCast::unchecked_into);
        let mut waiting: Vec<Waiting> = files
            .map(|file| Waiting::first(Node::Plain(file)))
            .collect();
        waiting.reverse();
        Walk::whole(waiting, Rc::clone(to) as _).await;
    }
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

fn take_plain(file: File, to: &Bundler) {
    to.add(path_of(&file), file.unchecked_into());
}

async fn take_item(item: Item, to: &Rc<Bundler>) {
    let before = to.count();
    let plain = match item {
        Item::Handle(promise, plain) => {
            let handle = JsFuture::from(promise).await.ok();
            if let Some(handle) = handle.filter(JsValue::is_object) {
                Walk::whole(
                    vec![Waiting::first(Node::Handle(handle))],
                    Rc::clone(to) as _,
                )
                .await;
            }
            plain
        }
        Item::Entry(entry, plain) => {
            Walk::whole(vec![Waiting::first(Node::Entry(entry))], Rc::clone(to) as _).await;
            plain
        }
        Item::Plain(file) => Some(file),
        Item::Made(path, blob) => {
            to.add(path, blob);
            None
        }
    };
    if to.count() == before
        && let Some(file) = plain
    {
        take_plain(file, to);
    }
}

/// A file or a folder in a drop.
enum Node {
    Handle(JsValue),
    Entry(FileSystemEntry),
    /// A file of an input, with its folders in its path.
    Plain(File),
}

impl Node {
    fn name(&self) -> String {
        match self {
            Self::Handle(handle) => text(handle, "name"),
            Self::Entry(entry) => entry.name(),
            Self::Plain(file) => path_of(file),
        }
    }

    fn is_file(&self) -> bool {
        match self {
            Self::Handle(handle) => text(handle, "kind") == "file",
            Self::Entry(entry) => entry.is_file(),
            Self::Plain(_) => true,
        }
    }

    async fn file(self) -> Option<File> {
        let promise = match self {
            Self::Handle(handle) => called(&handle, "getFile")?,
            Self::Entry(entry) => {
                let entry: FileSystemFileEntry = entry.unchecked_into();
                Promise::new(&mut |resolve, reject| {
                    entry.file_with_callback_and_callback(&resolve, &reject);
                })
            }
            Self::Plain(file) => return Some(file),
        };
        JsFuture::from(promise).await.ok()?.dyn_into().ok()
    }

    /// What lies in a folder, told in pieces as it comes; where `hear` says false, that is all.
    async fn children(self, hear: impl Fn(Self) -> bool) {
        match self {
            Self::Handle(folder) => {
                let values = method(&folder, "values");
                let Some(iterator) = values.and_then(|values| values.call0(&folder).ok()) else {
                    return;
                };
                while let Some(Step::Value(child)) = step(&iterator, "next").await {
                    if !hear(Self::Handle(child)) {
                        return;
                    }
                }
            }
            Self::Entry(folder) => {
                let folder: FileSystemDirectoryEntry = folder.unchecked_into();
                let reader = folder.create_reader();
                // A reader gives at most some hundred entries a call, and none at the end.
                loop {
                    let promise = Promise::new(&mut |resolve, reject| {
                        // An error comes through the callback as well.
                        let _asked =
                            reader.read_entries_with_callback_and_callback(&resolve, &reject);
                    });
                    let Ok(batch) = JsFuture::from(promise).await else {
                        return;
                    };
                    let batch = Array::from(&batch);
                    let mut children = batch.iter().map(JsCast::unchecked_into);
                    if batch.length() == 0 || !children.all(|child| hear(Self::Entry(child))) {
                        return;
                    }
                }
            }
            Self::Plain(_) => {}
        }
    }
}

/// Tells every file at or below a handle of a folder.
pub(super) async fn walk_folder(handle: JsValue, to: Rc<dyn Finder>) {
    Walk::whole(vec![Waiting::first(Node::Handle(handle))], to).await;
}

/// A file or a folder that is to be looked at.
struct Waiting {
    node: Node,
    /// Its folder's path.
    parent: String,
    depth: usize,
}

impl Waiting {
    /// What was dropped itself.
    fn first(node: Node) -> Self {
        Self {
            node,
            parent: String::new(),
            depth: 0,
        }
    }
}

/// Looks through what was dropped and what is below it, many folders and files at once.
struct Walk {
    /// The last first, so that the files of a folder are found near one another.
    waiting: RefCell<Vec<Waiting>>,
    /// How many are being looked at.
    active: Cell<usize>,
    to: Rc<dyn Finder>,
    /// Called at the end.
    over: Function,
}

impl Walk {
    /// Tells every file at or below these, the last first.
    async fn whole(mut waiting: Vec<Waiting>, to: Rc<dyn Finder>) {
        let promise = Promise::new(&mut |resolve, _| {
            let walk = Rc::new(Self {
                waiting: RefCell::new(std::mem::take(&mut waiting)),
                active: Cell::new(0),
                to: Rc::clone(&to),
                over: resolve,
            });
            walk.go_on();
        });
        // It is never refused.
        let _over = JsFuture::from(promise).await;
    }

    /// Begins as much as may go on at once.
    fn go_on(self: &Rc<Self>) {
        if !self.to.has_room() {
            self.waiting.borrow_mut().clear();
        }
        while self.active.get() < AT_ONCE {
            let next = self.waiting.borrow_mut().pop();
            let Some(next) = next else {
                break;
            };
            self.active.set(self.active.get() + 1);
            let walk = Rc::clone(self);
            spawn_local(async move {
                walk.look_at(next).await;
                walk.active.set(walk.active.get() - 1);
                walk.go_on();
            });
        }
        if self.active.get() == 0 {
            // Whoever waits goes on in a task of its own.
            let _told = self.over.call0(&JsValue::NULL);
        }
    }

    async fn look_at(
        &self,
        Waiting {
            node,
            parent,
            depth,
        }: Waiting,
    ) {
        let path = join(&parent, &node.name());
        if node.is_file() {
            let is_sized = !matches!(node, Node::Plain(_));
            let Some(file) = node.file().await else {
                return;
            };
            let contents = if is_sized || !self.to.has_room_for_contents() {
                None
            } else {
                small_contents(&file).await
            };
            match contents {
                Some((pieces, bytes)) => self.to.add_contents(path, &file, bytes, &pieces),
                None => self.to.add(path, file.unchecked_into()),
            }
        } else if depth < DEEPEST {
            let hear = |node| {
                let mut waiting = self.waiting.borrow_mut();
                waiting.push(Waiting {
                    node,
                    parent: path.clone(),
                    depth: depth + 1,
                });
                self.to.has_room() && waiting.len() < MOST_FILES
            };
            node.children(hear).await;
        }
    }
}

/// The contents of a file, in pieces, and their bytes, where it is small: `src/web/shell/contents.js`.
async fn small_contents(file: &File) -> Option<(Array, u64)> {
    let most = JsValue::from_f64(SMALL_BYTES as f64);
    let read = call(&js_sys::global(), "runsiftContents", &[file, &most]).await;
    let read: Array = read.ok()?.dyn_into().ok()?;
    Some((read.get(0).dyn_into().ok()?, read.get(1).as_f64()? as u64))
}

/// What an iterator or a reader gives.
enum Step {
    Value(JsValue),
    End,
}

/// The next of an iterator or a reader; `None` where it fails.
async fn step(of: &JsValue, method: &str) -> Option<Step> {
    let given = settled(called(of, method)).await?;
    let field = |key: &str| Reflect::get(&given, &key.into()).ok();
    if field("done")?.is_truthy() {
        return Some(Step::End);
    }
    field("value").map(Step::Value)
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

pub(super) fn text(object: &JsValue, key: &str) -> String {
    Reflect::get(object, &key.into())
        .ok()
        .and_then(|value| value.as_string())
        .unwrap_or_default()
}

pub(super) fn method(object: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(object, &name.into()).ok()?.dyn_into().ok()
}

/// The promise that a method without arguments gives.
pub(super) fn called(object: &JsValue, name: &str) -> Option<Promise> {
    let promise = method(object, name)?.call0(object).ok()?;
    promise.dyn_into().ok()
}

async fn settled(promise: Option<Promise>) -> Option<JsValue> {
    JsFuture::from(promise?).await.ok()
}
