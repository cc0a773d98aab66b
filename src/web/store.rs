//! What is kept in this browser between visits: one session, in `IndexedDB`, which works in a page opened from a file too.
//!
//! A session is the files as they were dropped, so that any later version reads them, and a text with what the person made
//! of them. Both are written in one transaction: a tab that dies in the middle leaves what was there before.

use super::bundles::Bundles;
use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DomException, IdbDatabase, IdbObjectStore, IdbRequest, IdbTransaction, IdbTransactionMode,
};

const DATABASE: &str = "runsift";
/// The number of this layout of the database.
const LAYOUT: u32 = 1;
/// The store of the texts, and that of the files: an array for each drop, of what is known of its files, its blobs, and
/// the budget with which it was read.
const TEXTS: &str = "texts";
const DROPS: &str = "drops";
/// There is one session.
const KEY: &str = "last";

/// Keeps a session in place of the one before. Without drops, these stay: then what is kept must be of the same session,
/// which its text says by holding `mark`; another tab may have replaced or deleted it. Answers whether it was kept. Errors
/// are for people.
pub async fn keep(text: &str, mark: &str, drops: Option<Vec<Bundles>>) -> Result<bool, String> {
    let kept = async {
        let (database, changes) = begin().await?;
        let key = JsValue::from_str(KEY);
        if drops.is_none() {
            let known = succeeded(&changes.object_store(TEXTS)?.get(&key)?).await?;
            if !known.as_string().is_some_and(|known| known.contains(mark)) {
                database.close();
                return Ok(false);
            }
        }
        changes
            .object_store(TEXTS)?
            .put_with_key(&JsValue::from_str(text), &key)?;
        if let Some(drops) = drops {
            let drops: Array = drops.iter().map(written).collect();
            changes.object_store(DROPS)?.put_with_key(&drops, &key)?;
        }
        let done = completed(&changes).await;
        database.close();
        done.map(|()| true)
    };
    kept.await.map_err(told)
}

/// The text of the session that is kept, if one is.
pub async fn text() -> Option<String> {
    read(TEXTS).await.ok()?.as_string()
}

/// The drops of the session that is kept. Errors are for people.
pub async fn drops() -> Result<Vec<Bundles>, String> {
    let drops = read(DROPS).await.map_err(told)?;
    Ok(Array::from(&drops)
        .iter()
        .filter_map(|drop| read_drop(&drop))
        .collect())
}

/// Deletes the session that is kept. Errors are for people.
pub async fn forget() -> Result<(), String> {
    let forgotten = async {
        let (database, changes) = begin().await?;
        for store in [TEXTS, DROPS] {
            changes.object_store(store)?.clear()?;
        }
        let done = completed(&changes).await;
        database.close();
        done
    };
    forgotten.await.map_err(told)
}

fn written(drop: &Bundles) -> Array {
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

/// What a store holds of the session.
async fn read(store: &str) -> Result<JsValue, JsValue> {
    let database = open().await?;
    let store: IdbObjectStore = database.transaction_with_str(store)?.object_store(store)?;
    let found = succeeded(&store.get(&JsValue::from_str(KEY))?).await;
    database.close();
    found
}

/// A transaction that may change both stores.
async fn begin() -> Result<(IdbDatabase, IdbTransaction), JsValue> {
    let database = open().await?;
    let changes = database.transaction_with_str_sequence_and_mode(
        &Array::of2(&TEXTS.into(), &DROPS.into()),
        IdbTransactionMode::Readwrite,
    )?;
    Ok((database, changes))
}

async fn open() -> Result<IdbDatabase, JsValue> {
    let factory = leptos::prelude::window().indexed_db()?;
    let factory = factory.ok_or_else(|| JsValue::from_str("it has no database"))?;
    let request = factory.open_with_u32(DATABASE, LAYOUT)?;
    let asked = request.clone();
    let make = Closure::once(move || {
        if let Ok(database) = asked.result().and_then(JsCast::dyn_into::<IdbDatabase>) {
            for store in [TEXTS, DROPS] {
                // There is none yet in a new database.
                let _made = database.create_object_store(store);
            }
        }
    });
    request.set_onupgradeneeded(Some(make.as_ref().unchecked_ref()));
    succeeded(&request).await?.dyn_into()
}

/// The result of a request, once it is there.
async fn succeeded(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let done = Promise::new(&mut |resolve: Function, reject: Function| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match JsFuture::from(done).await {
        Ok(_) => request.result(),
        Err(_) => Err(request.error()?.map_or(JsValue::UNDEFINED, JsValue::from)),
    }
}

/// That all changes are on the disk.
async fn completed(changes: &IdbTransaction) -> Result<(), JsValue> {
    let done = Promise::new(&mut |resolve: Function, reject: Function| {
        changes.set_oncomplete(Some(&resolve));
        changes.set_onabort(Some(&reject));
    });
    match JsFuture::from(done).await {
        Ok(_) => Ok(()),
        Err(_) => Err(changes.error().map_or(JsValue::UNDEFINED, JsValue::from)),
    }
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
