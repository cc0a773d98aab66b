//! What is kept in this browser between visits: sessions.
//!
//! A session is the files as they were dropped, so that any later version reads them, and a text with what the person made
//! of them. Where and how they lie in the browser `src/web/shell/store.js` says: a tab that dies in the middle of writing leaves
//! what was there before.

use super::bundles::Bundles;
use super::drops::called;
use super::later::call;
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

/// The place of all sessions; of no other tab until this is dropped.
struct Place(JsValue);

impl Drop for Place {
    fn drop(&mut self) {
        // What is given back says nothing.
        let _ended = called(&self.0, "end");
    }
}

impl Place {
    async fn open() -> Result<Self, JsValue> {
        let opened = call(&js_sys::global(), "runsiftStore", &[]).await;
        opened.map(Self)
    }
}

/// Calls a method of the place.
async fn asked(method: &str, key: &str) -> Result<JsValue, JsValue> {
    let place = Place::open().await?;
    call(&place.0, method, &[&key.into()]).await
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
        let place = Place::open().await?;
        let key = key.into();
        let known = call(&place.0, "text", &[&key]).await?;
        let Some(text) = make(known.as_string().as_deref()) else {
            return Ok(false);
        };
        let nothing = &JsValue::UNDEFINED;
        let (sealed, drops) = (sealed.unwrap_or(nothing), drops.unwrap_or(nothing));
        let all = [&key, &text.into(), sealed, drops];
        call(&place.0, "put", &all).await.map(|_| true)
    };
    kept.await.map_err(told)
}

/// The keys and texts of the sessions that are kept.
pub async fn texts() -> Vec<(String, String)> {
    let texts = asked("texts", "").await.map(JsValue::unchecked_into);
    let texts: Array = texts.unwrap_or_default();
    let both = texts.iter().map(|both| {
        let both: Array = both.unchecked_into();
        Some((both.get(0).as_string()?, both.get(1).as_string()?))
    });
    both.flatten().collect()
}

/// The session that is kept under a key, if one is. Its drops can be read until the tab ends. Errors are for people.
pub async fn read(key: &str) -> Result<Option<Stored>, String> {
    let known = asked("read", key).await.map_err(told)?;
    let Some(parts) = known.dyn_ref::<Array>() else {
        return Ok(None);
    };
    Ok(Some(Stored {
        text: parts.get(0).as_string().unwrap_or_default(),
        sealed: Some(parts.get(1)).filter(JsValue::is_object),
        drops: parts.get(2),
    }))
}

/// Gives up the drops of a session that this page opened, so that they can be deleted. Errors are for people.
pub async fn leave(key: &str) -> Result<(), String> {
    asked("leave", key).await.map(drop).map_err(told)
}

/// Deletes the session that is kept under a key. Errors are for people.
pub async fn forget(key: &str) -> Result<(), String> {
    asked("forget", key).await.map(drop).map_err(told)
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
