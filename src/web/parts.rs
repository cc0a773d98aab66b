//! What the page's scripts hand over beside the module: samples, and reports as files.

use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// The object of `src/web/shell/page.js`.
#[derive(Clone, Debug)]
pub struct Parts(JsValue);

impl Parts {
    /// The object as it was handed over.
    pub fn new(object: JsValue) -> Self {
        Self(object)
    }

    /// A bundled sample; `None` where it is not in this copy of the page.
    pub async fn sample(&self, file: &str) -> Option<Result<Blob, String>> {
        let samples = Reflect::get(&self.0, &"samples".into()).ok()?;
        let load: Function = Reflect::get(&samples, &file.into()).ok()?.dyn_into().ok()?;
        Some(blob(load.call0(&samples)).await)
    }

    /// The file of an interactive report with this text and these runs.
    pub async fn report(&self, text: &str, runs: &[u8]) -> Result<Blob, String> {
        let made = self
            .function("report")
            .ok_or("this copy of the page has no such part")?
            .call2(&self.0, &text.into(), &Uint8Array::new_from_slice(runs));
        blob(made).await
    }

    /// The text and the runs of the report that the page was opened as, if it is one; an error where they do not read.
    pub async fn opened(&self) -> Option<Result<(String, Vec<u8>), String>> {
        let made = self.function("opened")?.call0(&self.0);
        let pair = match settled(made).await {
            Ok(pair) => pair.dyn_into::<Array>().ok()?,
            Err(why) => return Some(Err(why)),
        };
        let text = pair.get(0).as_string()?;
        let runs = Uint8Array::new(&pair.get(1)).to_vec();
        Some(Ok((text, runs)))
    }

    fn function(&self, name: &str) -> Option<Function> {
        Reflect::get(&self.0, &name.into()).ok()?.dyn_into().ok()
    }
}

async fn blob(made: Result<JsValue, JsValue>) -> Result<Blob, String> {
    let made = settled(made).await?;
    made.dyn_into()
        .map_err(|other| format!("the browser made {other:?} of it"))
}

/// What a promise came to, or why it did not.
async fn settled(made: Result<JsValue, JsValue>) -> Result<JsValue, String> {
    let promise = made.and_then(JsCast::dyn_into::<Promise>);
    let value = match promise {
        Ok(promise) => JsFuture::from(promise).await,
        Err(why) => Err(why),
    };
    value.map_err(|why| {
        let message = Reflect::get(&why, &"message".into()).ok();
        message
            .and_then(|message| message.as_string())
            .unwrap_or_else(|| "the browser does not say why".to_owned())
    })
}
