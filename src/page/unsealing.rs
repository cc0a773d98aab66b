//! Sessions as they are stored, and out of that: sealed where they have a passphrase.

use crate::engine::protocol::{SCHEMA, Session};
use crate::web::bundles::Bundles;
use crate::web::sealing::Secret;
use crate::web::store::{self, Stored};
use wasm_bindgen::JsValue;

/// What is kept, opened, with its passphrase where it has one; else why not.
pub(super) async fn opened(
    stored: &Stored,
    passphrase: Option<String>,
) -> Result<(Session, Vec<Bundles>, Option<Secret>), &'static str> {
    const DAMAGED: &str = "What was kept cannot be read: it is damaged, or of another version.";
    let known = serde_json::from_str::<Session>(&stored.text)
        .ok()
        .ok_or(DAMAGED)?;
    let (session, drops, secret) = if let Some(sealed) = &stored.sealed {
        let wrong = "The passphrase is another one, or what is kept is damaged. Nothing was opened, and nothing is lost.";
        let passphrase = passphrase.filter(|word| !word.is_empty());
        let passphrase = passphrase.ok_or("It has a passphrase: type it, then go on.")?;
        let secret = Secret::new(&passphrase).await;
        let secret = secret.ok_or("This browser does not open sessions with a passphrase here.")?;
        let text = secret.open(sealed).await.ok_or(wrong)?;
        let session = serde_json::from_str::<Session>(&text).ok().ok_or(DAMAGED)?;
        // It may have been renamed since, without the passphrase.
        let session = Session {
            name: known.name,
            mark: known.mark,
            ..session
        };
        let drops = secret.open_drops(&stored.drops).await.ok_or(wrong)?;
        (session, drops, Some(secret))
    } else {
        (known, store::drops(&stored.drops), None)
    };
    if session.schema != SCHEMA {
        return Err(DAMAGED);
    }
    if drops.is_empty() {
        return Err("The files that were kept are no longer in this browser.");
    }
    Ok((session, drops, secret))
}

/// What is sealed of a session, and its drops, as they are stored; none where the browser does not seal it. Of one without a
/// passphrase nothing stays sealed, also where it had one before.
pub(super) async fn stored(
    session: &Session,
    drops: Option<Vec<Bundles>>,
    secret: Option<&Secret>,
) -> Option<(Option<JsValue>, Option<JsValue>)> {
    let Some(secret) = secret else {
        let drops = drops.map(|drops| store::written(&drops));
        return Some((Some(JsValue::NULL), drops));
    };
    let text = serde_json::to_string(session).ok()?;
    let sealed = secret.seal(&text).await?;
    let drops = match drops {
        Some(drops) => Some(secret.seal_drops(&drops).await?),
        None => None,
    };
    Some((Some(sealed), drops))
}
