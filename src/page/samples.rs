//! The bundled samples, read as a drop.

use super::state::App;
use crate::web::drops::Delivery;
use crate::web::parts::Parts;

impl App {
    /// Reads one of the bundled samples.
    pub fn open_sample(self, file: &str) {
        let name = file.to_owned();
        let parts = self.parts.with_value(Parts::clone);
        leptos::task::spawn_local(async move {
            match parts.sample(&name).await {
                Some(Ok(blob)) => self.take(Delivery::of_blob(&name, blob)),
                Some(Err(why)) => {
                    self.notify(&format!("The sample {name} could not be loaded: {why}."));
                }
                None => self.notify(&format!(
                    "The sample {name} is not in this copy of the page."
                )),
            }
        });
    }
}
