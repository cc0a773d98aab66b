//! What can be done with any session that is kept: another name, deleting it, and bringing it back.

use super::{Choice, Keeping};
use crate::engine::protocol::Kept;
use crate::engine::remembered::{list, renamed};
use crate::page::state::App;
use crate::web::store;

impl Keeping {
    /// Gives a session another name.
    pub fn rename(self, app: App, key: String, name: String) {
        leptos::task::spawn_local(async move {
            let mut text = None;
            let make = &mut |known: Option<&str>| {
                text = renamed(known, &name);
                text.clone()
            };
            let is_kept = store::keep(&key, make, None, None).await;
            match (is_kept, text) {
                (Ok(true), Some(text)) => {
                    let kept = Kept::new(key, &text);
                    self.all.update(|all| list(all, kept));
                }
                (Err(why), _) => app.notify(&format!("The session keeps its name: {why}.")),
                _ => {
                    app.notify("The session keeps its name: it is gone, or the new one is empty.");
                    // What was written into the box is replaced by its name.
                    self.all.update(|_| {});
                }
            }
        });
    }

    /// Deletes a session; of the page's own, keeps nothing more until it is chosen again.
    pub fn forget(self, app: App, key: String) {
        let is_ours = self.is_ours(&key);
        if is_ours {
            self.forgotten.set_value(key.clone());
            self.leave();
            self.choose(Choice::NotNow);
        }
        leptos::task::spawn_local(async move {
            // What is this page's is still here: its files need not stay to be brought back.
            let stored = if is_ours {
                store::leave(&key).await.map(|()| None)
            } else {
                store::read(&key).await
            };
            match store::forget(&key).await {
                Ok(()) => {
                    let of_key = |kept: &Kept| kept.key == key;
                    let at = self.all.with_untracked(|all| all.iter().position(of_key));
                    let name = at.map(|at| {
                        let kept = self.all.try_update(|all| all.remove(at));
                        kept.map_or_else(String::new, |kept| kept.name().to_owned())
                    });
                    let is_last = self.all.with_untracked(Vec::is_empty);
                    if is_last && self.choice.get_untracked() == Choice::Yes {
                        self.choose(Choice::Unasked);
                    }
                    if is_ours {
                        // It is still here; what was dropped on this page can be kept anew.
                        app.notify("What was kept of this session is deleted.");
                    } else if let (Ok(Some(stored)), Some(name)) = (stored, name) {
                        self.gone.set_value(Some((key, stored)));
                        self.deleted.set(Some(name));
                    }
                }
                Err(why) => app.notify(&format!("It could not be deleted: {why}.")),
            }
        });
    }

    /// Brings back what was deleted last.
    pub fn bring_back(self, app: App) {
        self.deleted.set(None);
        let Some((key, stored)) = self.gone.try_update_value(Option::take).flatten() else {
            return;
        };
        leptos::task::spawn_local(async move {
            let make = &mut |_: Option<&str>| Some(stored.text.clone());
            match store::keep(&key, make, stored.sealed.as_ref(), Some(&stored.drops)).await {
                Ok(_) => {
                    let kept = Kept::new(key, &stored.text);
                    self.all.update(|all| list(all, kept));
                }
                Err(why) => app.notify(&format!("It could not be brought back: {why}.")),
            }
        });
    }
}
