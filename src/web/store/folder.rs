//! Sessions in the folder that the browser has for the page alone: `src/web/shell/folder.js`, which says how they lie there.

use super::super::drops::called;
use super::super::later::call;
use super::Stored;
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// The folder, with no other tab looking into it until this is dropped.
pub(super) struct Folder(JsValue);

impl Drop for Folder {
    fn drop(&mut self) {
        // A lock that is given back says nothing.
        let _ended = called(&self.0, "end");
    }
}

impl Folder {
    /// The folder, once it is free; none where the browser does not give one in which the page can write.
    pub(super) async fn open() -> Option<Self> {
        let opened = call(&js_sys::global(), "runsiftFolder", &[]).await;
        opened.ok().map(Self)
    }

    /// By `session`, the session that is kept under a key, if one is, where for its drops the name of their file stands; by
    /// `read` the whole, whose drops can be read until the tab ends.
    pub(super) async fn get(&self, method: &str, key: &str) -> Result<Option<Stored>, JsValue> {
        let known = call(&self.0, method, &[&key.into()]).await?;
        Ok(known.dyn_ref::<Array>().map(|parts| Stored {
            text: parts.get(0).as_string().unwrap_or_default(),
            sealed: Some(parts.get(1)).filter(JsValue::is_object),
            drops: parts.get(2),
        }))
    }

    /// Puts a session in the place of what is kept under its key. Drops are written; for the name of a file of them it stands
    /// already.
    pub(super) async fn put(&self, key: &str, stored: &Stored) -> Result<(), JsValue> {
        let sealed = stored.sealed.clone().unwrap_or_default();
        let asked = [
            &key.into(),
            &stored.text.as_str().into(),
            &sealed,
            &stored.drops,
        ];
        call(&self.0, "put", &asked).await.map(drop)
    }

    /// Deletes the session that is kept under a key, if one is.
    pub(super) async fn forget(&self, key: &str) -> Result<(), JsValue> {
        call(&self.0, "forget", &[&key.into()]).await.map(drop)
    }

    /// The keys and texts of the sessions. What is of none of them, and is read by no tab, is removed.
    pub(super) async fn texts(&self) -> Vec<(String, String)> {
        let texts = call(&self.0, "texts", &[]).await;
        let texts = texts.map_or_else(|_| Array::new(), JsValue::unchecked_into::<Array>);
        let both = texts.iter().map(|both| {
            let both: Array = both.unchecked_into();
            Some((both.get(0).as_string()?, both.get(1).as_string()?))
        });
        both.flatten().collect()
    }
}
