//! What a panel asks the engine for, and asks again whenever the question changes.

use crate::engine::protocol::{Answer, Ask};
use crate::page::prelude::*;
use crate::page::state::App;
use std::rc::Rc;
use std::sync::Arc;

/// The answer to what `question` asks, as `take` finds it; none while nothing is asked. An answer that comes after the
/// question changed is not taken.
pub(super) fn asked<T: Send + Sync + 'static>(
    app: App,
    question: impl Fn() -> Option<Ask> + 'static,
    take: fn(Answer) -> Option<Box<T>>,
) -> RwSignal<Option<Arc<T>>> {
    let said = RwSignal::new(None);
    let hear = move |answer: Option<Answer>| said.set(answer.and_then(take).map(Arc::from));
    ask_again(app, Box::new(question), Rc::new(hear));
    said
}

/// Asks whenever the question changes; `hear` gets the answer, and nothing while nothing is asked. One function for all
/// panels.
fn ask_again(app: App, question: Box<dyn Fn() -> Option<Ask>>, hear: Rc<dyn Fn(Option<Answer>)>) {
    let number = StoredValue::new(0u64);
    Effect::new(move |_| {
        number.update_value(|number| *number += 1);
        let this = number.get_value();
        let Some(ask) = question() else {
            hear(None);
            return;
        };
        let hear = Rc::clone(&hear);
        app.ask(ask, move |answer| {
            // The panel may be gone, or have asked again, when an answer comes.
            if number.try_get_value() == Some(this) {
                hear(Some(answer));
            }
        });
    });
}
