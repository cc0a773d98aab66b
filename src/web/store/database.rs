//! Sessions in `IndexedDB`: where the browser gives no folder of its own, as a page opened from a file, and what former
//! versions kept.
//!
//! Text and drops of a session are written in one transaction: a tab that dies in the middle leaves what was there before.

use super::{Make, Stored};
use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbRequest, IdbTransaction, IdbTransactionMode};

const DATABASE: &str = "runsift";
/// The number of this layout of the database.
const LAYOUT: u32 = 1;
/// The store of the texts, each alone or in an array with what is sealed of it, and that of the files: an array for each drop, of what is known of its files, its blobs, and
/// the budget with which it was read. What is of a session has the same key in both; that of the first one, from before
/// there were several, is `last`.
const TEXTS: &str = "texts";
const DROPS: &str = "drops";

/// Keeps what `make` makes of the text that is kept under a key, with what is sealed and with drops where there are any: else
/// these stay. Answers whether something was kept.
pub(super) async fn keep(
    key: &str,
    make: Make<'_>,
    sealed: Option<&JsValue>,
    drops: Option<&JsValue>,
) -> Result<bool, JsValue> {
    let (database, changes) = begin().await?;
    let key = JsValue::from_str(key);
    let known = succeeded(&changes.object_store(TEXTS)?.get(&key)?).await?;
    let (known, known_sealed) = parts(&known);
    let Some(text) = make(known.as_deref()) else {
        database.close();
        return Ok(false);
    };
    let text = JsValue::from_str(&text);
    let text = match sealed.or(known_sealed.as_ref()) {
        Some(sealed) => Array::of2(&text, sealed).into(),
        None => text,
    };
    changes.object_store(TEXTS)?.put_with_key(&text, &key)?;
    if let Some(drops) = drops {
        changes.object_store(DROPS)?.put_with_key(drops, &key)?;
    }
    let done = completed(&changes).await;
    database.close();
    done.map(|()| true)
}

/// The keys and texts of the sessions that are kept.
pub(super) async fn texts() -> Result<Vec<(String, String)>, JsValue> {
    let database = open().await?;
    let store = database.transaction_with_str(TEXTS)?.object_store(TEXTS)?;
    // Both are in the order of the keys.
    let keys = Array::from(&succeeded(&store.get_all_keys()?).await?);
    let texts = Array::from(&succeeded(&store.get_all()?).await?);
    database.close();
    let both = keys.iter().zip(texts.iter());
    let both = both.map(|(key, text)| Some((key.as_string()?, parts(&text).0?)));
    Ok(both.flatten().collect())
}

/// The session that is kept under a key, if one is.
pub(super) async fn read(key: &str) -> Result<Option<Stored>, JsValue> {
    let database = open().await?;
    let key = JsValue::from_str(key);
    let all = database.transaction_with_str_sequence(&stores())?;
    let text = succeeded(&all.object_store(TEXTS)?.get(&key)?).await?;
    let drops = succeeded(&all.object_store(DROPS)?.get(&key)?).await?;
    database.close();
    let (text, sealed) = parts(&text);
    let stored = |text| Stored {
        text,
        sealed,
        drops,
    };
    Ok(text.map(stored))
}

/// Deletes the session that is kept under a key.
pub(super) async fn forget(key: &str) -> Result<(), JsValue> {
    let (database, changes) = begin().await?;
    for store in [TEXTS, DROPS] {
        changes
            .object_store(store)?
            .delete(&JsValue::from_str(key))?;
    }
    let done = completed(&changes).await;
    database.close();
    done
}

/// A text as it is stored, and what is sealed of it.
fn parts(stored: &JsValue) -> (Option<String>, Option<JsValue>) {
    match stored.dyn_ref::<Array>() {
        Some(both) => (both.get(0).as_string(), Some(both.get(1))),
        None => (stored.as_string(), None),
    }
}

/// Both stores.
fn stores() -> JsValue {
    Array::of2(&TEXTS.into(), &DROPS.into()).into()
}

/// A transaction that may change both stores.
async fn begin() -> Result<(IdbDatabase, IdbTransaction), JsValue> {
    let database = open().await?;
    let changes = database
        .transaction_with_str_sequence_and_mode(&stores(), IdbTransactionMode::Readwrite)?;
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
