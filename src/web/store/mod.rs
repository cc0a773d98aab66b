//! What is kept in this browser between visits: sessions.
//!
//! A session is the files as they were dropped, so that any later version reads them, and a text with what the person made
//! of them. They lie in the page's own folder ([`folder`]); where the browser gives none, in a [`database`], which works in
//! a page opened from a file too. What former versions put into the database is listed, opened and deleted there, and goes
//! into the folder when it is written next. Either way a tab that dies in the middle leaves what was there before.

mod database;
mod folder;

use super::bundles::Bundles;
use folder::Folder;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, DomException};

/// What makes the text to be kept in the place of what there is; `None` leaves that as it is.
pub type Make<'m> = &'m mut dyn FnMut(Option<&str>) -> Option<String>;

/// A session as it is kept.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its text.
    pub text: String,
    /// What is sealed of it, if anything is.
    pub sealed: Option<JsValue>,
    /// Its drops, for [`drops`] or, of a sealed one, [`super::sealing`].
    pub drops: JsValue,
}

/// Keeps what `make` makes of the text that is kept under a key, with what is sealed and with drops where there are any: else
/// these stay. Answers whether something was kept. Errors are for people.
pub async fn keep(
    key: &str,
    make: Make<'_>,
    sealed: Option<&JsValue>,
    drops: Option<&JsValue>,
) -> Result<bool, String> {
    let kept = async {
        let Some(folder) = Folder::open().await else {
            return database::keep(key, make, sealed, drops).await;
        };
        let mut known = folder.get("session", key).await?;
        let is_new = known.is_none();
        if is_new {
            // The folder is enough where there is no database.
            known = database::read(key).await.unwrap_or_default();
        }
        let Some(text) = make(known.as_ref().map(|known| &*known.text)) else {
            return Ok(false);
        };
        let is_moved = is_new && known.is_some();
        let (known_sealed, known_drops) = known
            .map(|known| (known.sealed, known.drops))
            .unwrap_or_default();
        let stored = Stored {
            text,
            sealed: sealed.cloned().or(known_sealed),
            drops: drops.cloned().unwrap_or(known_drops),
        };
        folder.put(key, &stored).await?;
        if is_moved {
            // What stays there is not seen any more, and deleted on the next visit.
            let _deleted = database::forget(key).await;
        }
        Ok(true)
    };
    kept.await.map_err(told)
}

/// The keys and texts of the sessions that are kept.
pub async fn texts() -> Vec<(String, String)> {
    // Held until the end, so that nothing is moved between the two looks.
    let folder = Folder::open().await;
    let mut all = match &folder {
        Some(folder) => folder.texts().await,
        None => Vec::new(),
    };
    for (key, text) in database::texts().await.unwrap_or_default() {
        if all.iter().any(|(known, _)| *known == key) {
            // A tab died after it had moved this one: what is in the folder is newer.
            let _deleted = database::forget(&key).await;
        } else {
            all.push((key, text));
        }
    }
    all
}

/// The session that is kept under a key, if one is. Errors are for people.
pub async fn read(key: &str) -> Result<Option<Stored>, String> {
    let read = async {
        let folder = Folder::open().await;
        if let Some(folder) = &folder
            && let Some(stored) = folder.get("read", key).await?
        {
            return Ok(Some(stored));
        }
        database::read(key).await
    };
    read.await.map_err(told)
}

/// Deletes the session that is kept under a key. Errors are for people.
pub async fn forget(key: &str) -> Result<(), String> {
    let forgotten = async {
        let folder = Folder::open().await;
        if let Some(folder) = &folder {
            folder.forget(key).await?;
        }
        database::forget(key).await
    };
    forgotten.await.map_err(told)
}

/// Drops as they are stored.
pub fn written(drops: &[Bundles]) -> JsValue {
    drops.iter().map(write_drop).collect::<Array>().into()
}

/// Drops as they were stored; none of what is no drop.
pub fn drops(stored: &JsValue) -> Vec<Bundles> {
    let drops = Array::from(stored);
    drops.iter().filter_map(|drop| read_drop(&drop)).collect()
}

fn write_drop(drop: &Bundles) -> Array {
    let blobs: Array = drop.blobs.iter().map(JsValue::from).collect();
    let files = Uint8Array::from(&*drop.files);
    Array::of3(&files, &blobs, &JsValue::from_f64(drop.budget as f64))
}

/// A drop as it was written; none of what is no drop.
fn read_drop(drop: &JsValue) -> Option<Bundles> {
    let drop: &Array = drop.dyn_ref()?;
    let files: Uint8Array = drop.get(0).dyn_into().ok()?;
    let blobs: Array = drop.get(1).dyn_into().ok()?;
    let blobs = blobs.iter().map(|blob| blob.dyn_into::<Blob>().ok());
    Some(Bundles {
        files: files.to_vec().into(),
        blobs: blobs.collect::<Option<_>>()?,
        budget: drop.get(2).as_f64()? as u64,
        is_followed: false,
    })
}

/// What went wrong, in words.
fn told(error: JsValue) -> String {
    let Some(error) = error.dyn_ref::<DomException>() else {
        return error
            .as_string()
            .unwrap_or_else(|| "the browser gave no reason".to_owned());
    };
    match error.name().as_str() {
        "QuotaExceededError" => "there is not enough room on this disk for the browser".to_owned(),
        "NotReadableError" | "NotFoundError" => {
            "a dropped file was changed or moved since".to_owned()
        }
        name => format!("{name}: {}", error.message()),
    }
}
