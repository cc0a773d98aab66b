//! The end of a run's log.

use crate::ledger::LogTail;
use crate::page::prelude::*;

/// It, with which file it is and how much of that.
pub(super) fn log_view(tail: &LogTail, is_open: bool) -> AnyView {
    let (title, text) = (tail.title(), tail.text.clone());
    let label = title.clone();
    view! {
        <details class="log-tail" open=is_open>
            <summary>{title}</summary>
            <pre class="as-text" tabindex="0" aria-label=label>{text}</pre>
        </details>
    }
    .into_any()
}
