//! Why a filter keeps nothing: the clause without which most runs would come back.

use super::bind::bind;
use super::evaluate::evaluate;
use super::parse::read;
use super::scope::Scope;
use ledger::Bits;

/// The top-level clause that alone removes most runs, and how many would be kept without it. `None`
/// where the filter has errors or keeps runs, or where no single clause is to blame.
pub fn explain_empty<'a>(text: &str, scope: impl Into<Scope<'a>>) -> Option<(String, usize)> {
    let scope = scope.into();
    let ledger = scope.ledger;
    let mut parsed = read(text);
    let mut errors = std::mem::take(&mut parsed.errors);
    let mut sets = Vec::with_capacity(parsed.clauses.len());
    for clause in &parsed.clauses {
        let test = bind(&clause.filter, &scope, &mut errors);
        if !errors.is_empty() {
            return None;
        }
        sets.push(evaluate(&test, ledger));
    }
    if sets.is_empty() || !errors.is_empty() {
        return None;
    }
    // What the clauses behind each keep together.
    let mut behind = vec![Bits::filled(ledger.rows(), true)];
    for set in sets.iter().skip(1).rev() {
        let mut all = behind.last()?.clone();
        all.and(set);
        behind.push(all);
    }
    let mut before = Bits::filled(ledger.rows(), true);
    let mut most: Option<(usize, usize)> = None;
    for (at, set) in sets.iter().enumerate() {
        let mut others = behind.pop()?;
        others.and(&before);
        let back = others.count();
        others.and(set);
        if others.count() > 0 {
            return None;
        }
        if back > most.map_or(0, |(_, back)| back) {
            most = Some((at, back));
        }
        before.and(set);
    }
    let (at, back) = most?;
    Some((text.get(parsed.clauses[at].span.clone())?.to_owned(), back))
}
