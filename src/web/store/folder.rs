//! Sessions in the folder `runsift` that the browser has for the page alone (the origin-private file system).
//!
//! Of each session there is `KEY.session`, with its text, what is sealed of it and the name of a file `WORD.drops`; in that
//! are the drops. The latter is written once and never changed. First new drops are written, then the session's file, which the
//! browser puts in the place of the former as a whole, then what no session names is removed: a tab that dies at any
//! moment leaves the former session, or the new one, and files that the next visit removes.
//!
//! Whoever looks into the folder holds the lock `runsift`, so that tabs neither write over one another nor remove what
//! another has written but not named yet. Whoever has opened a session reads its drops until the tab ends: it holds a
//! shared lock of that file's name, and what is so held stays, also where the session was written anew or deleted. Thus
//! what was deleted can be brought back. The browser gives locks back when a tab ends, however it does.
//!
//! A file is the length of its head (four bytes, the lowest first), the head, and bytes. The head is JSON of the value, where
//! `{"bytes": n}` stands for the next so many of the bytes; they come back as blobs, which are read when they are needed.

use super::super::clock::set;
use super::super::folders::named;
use super::super::later::{call, fill};
use super::super::sealing::{bytes_of, in_blob};
use super::{Stored, random_word};
use js_sys::{Array, Function, JSON, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// The folder, and the lock of all that is in it.
const NAME: &str = "runsift";
const SESSION: &str = ".session";
const DROPS: &str = ".drops";
/// What Chromium calls a file while it is written; one of a browser that died stays.
const SWAP: &str = ".crswap";

/// The folder, with no other tab looking into it.
pub(super) struct Folder {
    handle: JsValue,
    _alone: Held,
}

impl Folder {
    /// The folder, once it is free; none where the browser does not give one in which the page can write.
    pub(super) async fn open() -> Option<Self> {
        let global = js_sys::global();
        // Older browsers write into such files in workers only.
        let file = get(&global, "FileSystemFileHandle")?;
        get(&get(&file, "prototype")?, "createWritable").filter(JsValue::is_function)?;
        let storage = get(&get(&global, "navigator")?, "storage")?;
        let root = call(&storage, "getDirectory", &[]).await.ok()?;
        let alone = hold(NAME, "mode", &"exclusive".into()).await?;
        let asked: [&JsValue; 2] = [&NAME.into(), &create(true)];
        let handle = call(&root, "getDirectoryHandle", &asked).await.ok()?;
        Some(Self {
            handle,
            _alone: alone,
        })
    }

    /// The session that is kept under a key, if one is; in the place of its drops stands the name of their file.
    pub(super) async fn session(&self, key: &str) -> Result<Option<Stored>, JsValue> {
        let file = match self.file(&(key.to_owned() + SESSION)).await {
            Ok(file) => file,
            Err(error) if named(&error) == "NotFoundError" => return Ok(None),
            Err(error) => return Err(error),
        };
        // In memory, since another tab may put another in its place.
        let file = in_blob(&bytes_of(&file).await?).ok_or(JsValue::UNDEFINED)?;
        let parts: Array = unpacked(&file).await?.dyn_into()?;
        Ok(Some(Stored {
            text: parts.get(0).as_string().ok_or(JsValue::UNDEFINED)?,
            sealed: Some(parts.get(1)).filter(JsValue::is_object),
            drops: parts.get(2),
        }))
    }

    /// The session that is kept under a key, if one is. Its drops can be read until the tab ends.
    pub(super) async fn read(&self, key: &str) -> Result<Option<Stored>, JsValue> {
        let mut stored = self.session(key).await?;
        if let Some(stored) = &mut stored
            && let Some(name) = stored.drops.as_string()
        {
            // Never given back.
            std::mem::forget(hold(&name, "mode", &"shared".into()).await);
            stored.drops = unpacked(&self.file(&name).await?).await?;
        }
        Ok(stored)
    }

    /// Puts a session in the place of what is kept under its key. Drops are written; for the name of a file of them it stands
    /// already.
    pub(super) async fn put(&self, key: &str, stored: &Stored) -> Result<(), JsValue> {
        let mut drops = stored.drops.clone();
        let is_written = drops.is_object();
        let put = async {
            if is_written {
                let name = random_word() + DROPS;
                self.write(&name, &drops).await?;
                drops = name.into();
            }
            let sealed = stored.sealed.clone().unwrap_or(JsValue::NULL);
            let session = Array::of3(&stored.text.as_str().into(), &sealed, &drops);
            self.write(&(key.to_owned() + SESSION), &session).await
        };
        let put = put.await;
        if is_written {
            // The former drops, or what was written of new ones until the disk was full.
            self.sweep().await;
        }
        put
    }

    /// Deletes the session that is kept under a key, if one is.
    pub(super) async fn forget(&self, key: &str) -> Result<(), JsValue> {
        if let Err(error) = self.remove(&(key.to_owned() + SESSION)).await
            && named(&error) != "NotFoundError"
        {
            return Err(error);
        }
        self.sweep().await;
        Ok(())
    }

    /// The keys and texts of the sessions. What is of none of them, and is read by no tab, is removed.
    pub(super) async fn sweep(&self) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        let (mut drops, mut used) = (Vec::new(), Vec::new());
        let mut is_sure = true;
        for name in self.names().await.unwrap_or_default() {
            if let Some(key) = name.strip_suffix(SESSION) {
                match self.session(key).await {
                    Ok(Some(stored)) => {
                        used.push(stored.drops);
                        texts.push((key.to_owned(), stored.text));
                    }
                    // Whose drops these are is not known.
                    _ => is_sure = false,
                }
            } else if name.trim_end_matches(SWAP).ends_with(DROPS) {
                // What else is there is of another version.
                drops.push(name);
            }
        }
        for name in drops {
            if is_sure
                && !used.contains(&JsValue::from_str(&name))
                && let Some(_held) = hold(&name, "ifAvailable", &JsValue::TRUE).await
            {
                // What cannot be removed now is on the next visit.
                let _removed = self.remove(&name).await;
            }
        }
        texts
    }

    async fn names(&self) -> Result<Vec<String>, JsValue> {
        let keys = call(&self.handle, "keys", &[]).await?;
        let mut names = Vec::new();
        loop {
            let step = call(&keys, "next", &[]).await?;
            match get(&step, "value").and_then(|name| name.as_string()) {
                Some(name) => names.push(name),
                None => return Ok(names),
            }
        }
    }

    async fn file(&self, name: &str) -> Result<Blob, JsValue> {
        let asked: [&JsValue; 2] = [&name.into(), &create(false)];
        let file = call(&self.handle, "getFileHandle", &asked).await?;
        call(&file, "getFile", &[]).await?.dyn_into()
    }

    async fn write(&self, name: &str, value: &JsValue) -> Result<(), JsValue> {
        let parts = Array::new();
        let head = JSON::stringify(&packed(value, &parts))?;
        let head = Blob::new_with_str_sequence(&Array::of1(&head))?;
        let length = (head.size() as u32).to_le_bytes();
        parts.unshift(&head);
        parts.unshift(&Uint8Array::from(length.as_slice()));
        let whole = Blob::new_with_blob_sequence(&parts)?;
        let asked: [&JsValue; 2] = [&name.into(), &create(true)];
        let file = call(&self.handle, "getFileHandle", &asked).await?;
        fill(&file, &whole).await
    }

    async fn remove(&self, name: &str) -> Result<JsValue, JsValue> {
        call(&self.handle, "removeEntry", &[&name.into()]).await
    }
}

/// What stands for a value in the head of a file, with its bytes among the parts.
fn packed(value: &JsValue, parts: &Array) -> JsValue {
    if let Some(list) = value.dyn_ref::<Array>() {
        let list = list.iter().map(|value| packed(&value, parts));
        return list.collect::<Array>().into();
    }
    if !value.is_object() {
        return value.clone();
    }
    parts.push(value);
    let bytes = match value.dyn_ref::<Blob>() {
        Some(blob) => blob.size(),
        None => f64::from(value.unchecked_ref::<Uint8Array>().length()),
    };
    let head = Object::new();
    set(&head, "bytes", &bytes.into());
    head.into()
}

/// The value in a file.
async fn unpacked(file: &Blob) -> Result<JsValue, JsValue> {
    let length = file.slice_with_f64_and_f64(0.0, 4.0)?;
    let length = bytes_of(&length).await?.to_vec();
    let length = length.first_chunk().ok_or(JsValue::UNDEFINED)?;
    let mut at = 4.0 + f64::from(u32::from_le_bytes(*length));
    let head = file.slice_with_f64_and_f64(4.0, at)?;
    let head = call(&head, "text", &[]).await?;
    let head = JSON::parse(&head.as_string().unwrap_or_default())?;
    Ok(taken(&head, file, &mut at))
}

fn taken(head: &JsValue, file: &Blob, at: &mut f64) -> JsValue {
    if let Some(list) = head.dyn_ref::<Array>() {
        let list = list.iter().map(|head| taken(&head, file, at));
        return list.collect::<Array>().into();
    }
    let Some(bytes) = get(head, "bytes").and_then(|bytes| bytes.as_f64()) else {
        return head.clone();
    };
    let from = *at;
    *at += bytes;
    file.slice_with_f64_and_f64(from, *at)
        .map_or(JsValue::NULL, JsValue::from)
}

/// A lock that is held until this is dropped.
struct Held(Function);

impl Drop for Held {
    fn drop(&mut self) {
        // Calling what resolves a promise cannot fail.
        let _released = self.0.call0(&JsValue::UNDEFINED);
    }
}

/// A lock, once it is there; none where it cannot be had, or not at once if that is wished.
async fn hold(name: &str, wish: &str, value: &JsValue) -> Option<Held> {
    let locks = get(&get(&js_sys::global(), "navigator")?, "locks")?;
    let request: Function = get(&locks, "request")?.dyn_into().ok()?;
    let wishes = Object::new();
    set(&wishes, wish, value);
    let mut release = None;
    let until = Promise::new(&mut |resolve, _| release = Some(resolve));
    let held = Held(release?);
    let mut asked = Ok(JsValue::UNDEFINED);
    let given = Promise::new(&mut |given: Function, _| {
        let until = until.clone();
        let then = Closure::once_into_js(move |lock: JsValue| {
            let _told = given.call1(&JsValue::UNDEFINED, &lock);
            JsValue::from(until)
        });
        asked = request.call3(&locks, &name.into(), &wishes, &then);
    });
    // Where the browser refuses, it is the request that says so.
    let either = Promise::race(&Array::of2(&given, &asked.ok()?));
    let lock = JsFuture::from(either).await.ok()?;
    lock.is_object().then_some(held)
}

fn create(is_created: bool) -> JsValue {
    let how = Object::new();
    set(&how, "create", &is_created.into());
    how.into()
}

fn get(object: &JsValue, key: &str) -> Option<JsValue> {
    Reflect::get(object, &key.into()).ok()
}
