//! Files that the person saves: where the browser can ask where they go (the File System Access API) it asks, else they are
//! downloads. From memory, so nothing is sent.

use super::clock::set;
use super::later::call;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, DomException, HtmlAnchorElement, Url};

/// The method of the window that asks.
const PICKER: &str = "showSaveFilePicker";

/// Hands a text to the browser to save.
pub fn save(name: &str, media: &str, text: &str) -> bool {
    save_parts(name, media, &Array::of1(&text.into()))
}

/// Hands texts or blobs, one after another, to the browser to save.
pub fn save_parts(name: &str, media: &str, parts: &Array) -> bool {
    let options = BlobPropertyBag::new();
    options.set_type(media);
    Blob::new_with_blob_sequence_and_options(parts, &options)
        .and_then(|blob| save_blob(name, &blob))
        .is_ok()
}

/// Hands bytes to the browser to save.
pub fn save_blob(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let window: JsValue = leptos::prelude::window().into();
    if !Reflect::get(&window, &PICKER.into())?.is_function() {
        return download(name, blob);
    }
    let (name, blob) = (name.to_owned(), blob.clone());
    leptos::task::spawn_local(async move {
        let Err(error) = put(&window, &name, &blob).await else {
            return;
        };
        let error = error.dyn_ref::<DomException>().map(DomException::name);
        // Who closes the dialog wants no file. A file that took long to make may not ask any more.
        if error.as_deref() != Some("AbortError") {
            // What the browser does not take now it has not taken twice.
            let _begun = download(&name, &blob);
        }
    });
    Ok(())
}

/// Asks where a file is to go, and writes it there.
async fn put(window: &JsValue, name: &str, blob: &Blob) -> Result<(), JsValue> {
    let options = Object::new();
    set(&options, "suggestedName", &name.into());
    let file = call(window, PICKER, &[&options]).await?;
    let stream = call(&file, "createWritable", &[]).await?;
    call(&stream, "write", &[blob]).await?;
    // Only now is it in its place: what was there before is whole until then.
    call(&stream, "close", &[]).await.map(drop)
}

fn download(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let address = Url::create_object_url_with_blob(blob)?;
    let link: HtmlAnchorElement = leptos::prelude::document()
        .create_element("a")?
        .unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // Freed after the browser has begun to save.
    gloo::timers::callback::Timeout::new(60_000, move || {
        // Freeing an address that is gone does nothing.
        let _freed = Url::revoke_object_url(&address);
    })
    .forget();
    Ok(())
}
