//! Templates of `format!` and its kin, as far as a translation must keep to them.

use std::cmp::Ordering;

use anyhow::bail;

/// The placeholders of a template, without their brackets: `name`, `0`, `name:.2`, or nothing.
pub(crate) fn placeholders(template: &str) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = template.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '{' | '}' if rest.peek() == Some(&c) => {
                rest.next();
            }
            '{' => {
                let mut inside = String::new();
                loop {
                    match rest.next() {
                        Some('}') => break,
                        Some('{') | None => bail!("a {{ without its }}"),
                        Some(c) => inside.push(c),
                    }
                }
                found.push(inside);
            }
            '}' => bail!("a }} without its {{"),
            _ => {}
        }
    }
    Ok(found)
}

/// What a placeholder names, without how it is formatted.
pub(crate) fn name(placeholder: &str) -> &str {
    placeholder
        .split_once(':')
        .map_or(placeholder, |(name, _)| name)
}

/// Holds that a translation has the placeholders of its template. Those with a name may stand in another order; those
/// without are given their values in the order in which they stand.
pub(crate) fn check(template: &str, translation: &str) -> anyhow::Result<()> {
    let sorted = |text: &str| -> anyhow::Result<Vec<String>> {
        let mut found = placeholders(text)?;
        // Stable: those without a name stay in their order.
        found.sort_by(|a, b| {
            name(a).cmp(name(b)).then_with(|| {
                if name(a).is_empty() {
                    Ordering::Equal
                } else {
                    a.cmp(b)
                }
            })
        });
        Ok(found)
    };
    let (wanted, got) = (sorted(template)?, sorted(translation)?);
    if wanted != got {
        let shown = |found: Vec<String>| {
            let shown: Vec<String> = found.iter().map(|inside| format!("{{{inside}}}")).collect();
            if shown.is_empty() {
                "none".to_owned()
            } else {
                shown.join(" ")
            }
        };
        bail!(
            "its placeholders are {}, and must be {}",
            shown(got),
            shown(wanted)
        );
    }
    Ok(())
}
