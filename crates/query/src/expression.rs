//! Arithmetic over columns and the statistics of their curves: `log10(lr) * wd`, `min val/loss`,
//! `val/loss@100 - train/loss@100`.
//!
//! ```text
//! sum        = product { ("+" | "-") product }
//! product    = power { ("*" | "/" | "%") power }
//! power      = signed [ "^" power ]
//! signed     = "-" signed | operand
//! operand    = number | "(" sum ")" | function "(" sum { "," sum } ")" | series
//! series     = statistic series | statistic "(" series ")" | column [ "@" until ]
//! ```
//!
//! Names of columns hold nearly everything, so where an operand is expected the longest text that is
//! the name of a column is one: `val/loss` is a column, not a quotient, where there is such a column.
//! A name in backticks is one always. `@` asks for a curve up to a step, up to a time after its
//! beginning (`@2h`), or up to the step that nine of ten runs came to (`@common`), so that
//! `min(val/loss@100)` compares at an equal budget. A run without one of the
//! values has no value; what cannot be computed (`log10(-1)`) is NaN, as if it had been logged so.

use super::field::resolve;
use super::literal::Literal;
use ledger::direction::more_is_better;
use ledger::{Bits, Cells, Column, ColumnId, Kind, Ledger, Role, Statistic, Until, ValueRef};
use std::ops::Range;

/// How deep brackets and signs may nest.
const DEEPEST: usize = 64;

/// Longest expression, in bytes.
const LONGEST: usize = 2000;

/// Something wrong in an expression: where, in bytes, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    /// Where, in bytes of the text.
    pub span: Range<usize>,
    /// What, in a sentence for people.
    pub message: String,
}

/// An expression over the columns of a ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    node: Node,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Number(f64),
    Series(ColumnId, Statistic, Until),
    Negated(Box<Self>),
    Joined(Operator, Box<Self>, Box<Self>),
    Call(Function, Vec<Self>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Plus,
    Minus,
    Times,
    Over,
    Remainder,
    Power,
}

impl Operator {
    fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Plus => a + b,
            Self::Minus => a - b,
            Self::Times => a * b,
            Self::Over => a / b,
            Self::Remainder => a % b,
            Self::Power => libm::pow(a, b),
        }
    }
}

/// What can be called, with the number of its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Abs,
    Sqrt,
    Exp,
    Ln,
    Log10,
    Log2,
    Round,
    Floor,
    Ceil,
    Sign,
    Min,
    Max,
    Mean,
}

impl Function {
    const ALL: [(&'static str, Self); 15] = [
        ("abs", Self::Abs),
        ("sqrt", Self::Sqrt),
        ("exp", Self::Exp),
        ("ln", Self::Ln),
        ("log", Self::Ln),
        ("log10", Self::Log10),
        ("log2", Self::Log2),
        ("round", Self::Round),
        ("floor", Self::Floor),
        ("ceil", Self::Ceil),
        ("sign", Self::Sign),
        ("min", Self::Min),
        ("max", Self::Max),
        ("mean", Self::Mean),
        ("avg", Self::Mean),
    ];

    fn of(word: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(name, _)| *name == word);
        known.map(|(_, function)| *function)
    }

    /// Whether it takes two arguments or more, and not exactly one.
    fn takes_several(self) -> bool {
        matches!(self, Self::Min | Self::Max | Self::Mean)
    }

    fn apply(self, of: &[f64]) -> f64 {
        let first = of.first().copied().unwrap_or(f64::NAN);
        // As everywhere here, NaN goes through.
        let pick = |better: fn(f64, f64) -> bool| {
            of.iter().copied().fold(first, |best, x| {
                if best.is_nan() || (!x.is_nan() && !better(x, best)) {
                    best
                } else {
                    x
                }
            })
        };
        match self {
            Self::Abs => first.abs(),
            Self::Sqrt => first.sqrt(),
            Self::Exp => libm::exp(first),
            Self::Ln => libm::log(first),
            Self::Log10 => libm::log10(first),
            Self::Log2 => libm::log2(first),
            Self::Round => first.round(),
            Self::Floor => first.floor(),
            Self::Ceil => first.ceil(),
            Self::Sign if first.abs() > 0.0 => first.signum(),
            Self::Sign => first,
            Self::Min => pick(|x, best| x < best),
            Self::Max => pick(|x, best| x > best),
            Self::Mean => of.iter().sum::<f64>() / of.len() as f64,
        }
    }
}

/// Whether a text can be meant as an expression although no column has this name: what is said of a
/// wrong one is then said of its parts.
pub(super) fn looks_like_one(text: &str) -> bool {
    let called = text
        .split_once('(')
        .is_some_and(|(word, _)| is_callable(word.trim()));
    let prefixed = text
        .split_once(char::is_whitespace)
        .is_some_and(|(word, _)| Statistic::from_word(word).is_some());
    called
        || prefixed
        || text.contains(['*', '+', '^', '@'])
        || text.contains(" - ")
        || text.contains(" / ")
}

fn is_callable(word: &str) -> bool {
    Function::of(word).is_some() || Statistic::from_word(word).is_some()
}

/// Names of functions and statistics, with what they are, to be offered.
pub(super) fn callables() -> impl Iterator<Item = (String, &'static str)> {
    let statistics = Statistic::ALL
        .into_iter()
        .map(|statistic| (statistic.word().into_owned(), "of a metric's curve"));
    let functions = Function::ALL
        .into_iter()
        .filter(|(word, _)| {
            Statistic::from_word(word).is_none() && *word != "avg" && *word != "log"
        })
        .map(|(word, _)| (word.to_owned(), "of a number"));
    statistics.chain(functions)
}

impl Expression {
    /// Reads an expression over the columns of `ledger`.
    pub fn parse(text: &str, ledger: &Ledger) -> Result<Self, ExpressionError> {
        if text.len() > LONGEST {
            return Err(ExpressionError {
                span: 0..text.len(),
                message: format!("an expression has at most {LONGEST} bytes"),
            });
        }
        let mut parser = Parser {
            text,
            ledger,
            at: 0,
            depth: 0,
        };
        let node = parser.sum()?;
        parser.blanks();
        if parser.at < text.len() {
            return Err(parser.error("an operator or the end is expected here"));
        }
        Ok(Self { node })
    }

    /// The column of its name alone, if it is no more than that.
    pub fn column(&self) -> Option<ColumnId> {
        match self.node {
            Node::Series(column, Statistic::Last, Until::End) => Some(column),
            _ => None,
        }
    }

    /// Whether no column is in it.
    pub fn is_constant(&self) -> bool {
        let mut columns = Vec::new();
        self.node.columns(&mut columns);
        columns.is_empty()
    }

    /// The role of a column that is computed so: a metric if any of its parts is one, else a param.
    pub fn role(&self, ledger: &Ledger) -> Role {
        let mut columns = Vec::new();
        self.node.columns(&mut columns);
        let is_metric = |id: &ColumnId| ledger.column(*id).role() != Role::Param;
        if columns.iter().any(is_metric) {
            Role::Metric
        } else {
            Role::Param
        }
    }

    /// Its value for every run, as the cells of a column.
    pub fn evaluate(&self, ledger: &Ledger) -> Cells {
        let Numbers {
            mut values,
            present,
        } = self.node.numbers(ledger);
        // What is not there is no number, whatever was reckoned of it.
        for (word, values) in present.words().iter().zip(values.chunks_mut(64)) {
            if *word != u64::MAX {
                let odd = values.iter_mut().enumerate();
                odd.filter(|(bit, _)| word >> bit & 1 == 0)
                    .for_each(|(_, value)| *value = f64::NAN);
            }
        }
        Cells::Number {
            values,
            present,
            odd: Vec::new(),
        }
    }
}

/// A number a run, and which runs have one.
struct Numbers {
    values: Vec<f64>,
    present: Bits,
}

impl Node {
    fn columns(&self, found: &mut Vec<ColumnId>) {
        match self {
            Self::Number(_) => {}
            Self::Series(column, ..) => found.push(*column),
            Self::Negated(inner) => inner.columns(found),
            Self::Joined(_, a, b) => {
                a.columns(found);
                b.columns(found);
            }
            Self::Call(_, parts) => parts.iter().for_each(|part| part.columns(found)),
        }
    }

    fn numbers(&self, ledger: &Ledger) -> Numbers {
        let rows = ledger.rows();
        match self {
            Self::Number(x) => Numbers {
                values: vec![*x; rows],
                present: Bits::filled(rows, true),
            },
            Self::Series(column, statistic, until) => {
                series(ledger.column(*column), *statistic, *until, rows)
            }
            Self::Negated(inner) => {
                let mut made = inner.numbers(ledger);
                made.values.iter_mut().for_each(|x| *x = -*x);
                made
            }
            Self::Joined(operator, a, b) => {
                let (mut made, other) = (a.numbers(ledger), b.numbers(ledger));
                made.present.and(&other.present);
                for (x, y) in made.values.iter_mut().zip(&other.values) {
                    *x = operator.apply(*x, *y);
                }
                made
            }
            Self::Call(function, parts) if let [part] = parts.as_slice() => {
                let mut made = part.numbers(ledger);
                made.values
                    .iter_mut()
                    .for_each(|x| *x = function.apply(&[*x]));
                made
            }
            Self::Call(function, parts) => {
                let parts: Vec<Numbers> = parts.iter().map(|part| part.numbers(ledger)).collect();
                let mut present = Bits::filled(rows, true);
                parts.iter().for_each(|part| present.and(&part.present));
                let mut arguments = Vec::with_capacity(parts.len());
                let value = |row: usize| {
                    arguments.clear();
                    arguments.extend(parts.iter().map(|part| part.values[row]));
                    function.apply(&arguments)
                };
                Numbers {
                    values: (0..rows).map(value).collect(),
                    present,
                }
            }
        }
    }
}

/// A column's numbers; times are Unix seconds.
fn series(column: &Column, statistic: Statistic, until: Until, rows: usize) -> Numbers {
    let is_plain = statistic == Statistic::Last && until == Until::End;
    if let (
        true,
        Cells::Number {
            values,
            present,
            odd,
        },
    ) = (is_plain, column.cells())
        && odd.is_empty()
    {
        let (mut values, mut present) = (values.clone(), present.clone());
        values.resize(rows, f64::NAN);
        present.resize(rows, false);
        return Numbers { values, present };
    }
    let statistic = statistic.resolved(more_is_better(column.name()).unwrap_or(false));
    let until = column.resolved(until);
    let value = |row: usize| match column.get(row) {
        ValueRef::Time(millis) if is_plain => Some(millis as f64 / 1000.0),
        ValueRef::Bool(b) => Some(f64::from(u8::from(b))),
        ValueRef::Missing if column.history().is_none() => None,
        _ => column.statistic(row, statistic, until),
    };
    match Cells::from_numbers((0..rows).map(value)) {
        Cells::Number {
            values, present, ..
        } => Numbers { values, present },
        _ => Numbers {
            values: vec![f64::NAN; rows],
            present: Bits::filled(rows, false),
        },
    }
}

struct Parser<'a> {
    text: &'a str,
    ledger: &'a Ledger,
    at: usize,
    depth: usize,
}

type Parsed = Result<Node, ExpressionError>;

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Passes over a sign, if it stands next.
    fn takes(&mut self, sign: char) -> bool {
        self.blanks();
        let is_next = self.rest().starts_with(sign);
        if is_next {
            self.at += sign.len_utf8();
        }
        is_next
    }

    fn error(&self, message: impl Into<String>) -> ExpressionError {
        let rest = self.rest();
        let word = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ','))
            .unwrap_or(rest.len());
        let first = rest.chars().next().map_or(0, char::len_utf8);
        // At the end the last character, so that there is something to underline.
        let from = if rest.is_empty() {
            self.text.char_indices().next_back().map_or(0, |(at, _)| at)
        } else {
            self.at
        };
        ExpressionError {
            span: from..self.at + word.max(first),
            message: message.into(),
        }
    }

    fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        if self.depth >= DEEPEST {
            return Err(self.error(format!("brackets nest deeper than {DEEPEST}")));
        }
        self.depth += 1;
        let node = inner(self);
        self.depth -= 1;
        node
    }

    fn sum(&mut self) -> Parsed {
        let mut node = self.product()?;
        loop {
            let operator = if self.takes('+') {
                Operator::Plus
            } else if self.takes('-') {
                Operator::Minus
            } else {
                return Ok(node);
            };
            node = Node::Joined(operator, Box::new(node), Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Parsed {
        let mut node = self.power()?;
        loop {
            let operator = if self.takes('*') {
                Operator::Times
            } else if self.takes('/') {
                Operator::Over
            } else if self.takes('%') {
                Operator::Remainder
            } else {
                return Ok(node);
            };
            node = Node::Joined(operator, Box::new(node), Box::new(self.power()?));
        }
    }

    /// `-2^2` is −4, as in mathematics.
    fn power(&mut self) -> Parsed {
        if self.takes('-') {
            let inner = self.deeper(Self::power)?;
            return Ok(Node::Negated(Box::new(inner)));
        }
        let base = self.operand()?;
        if self.takes('^') {
            let exponent = self.deeper(Self::power)?;
            return Ok(Node::Joined(
                Operator::Power,
                Box::new(base),
                Box::new(exponent),
            ));
        }
        Ok(base)
    }

    fn operand(&mut self) -> Parsed {
        if self.takes('(') {
            let node = self.deeper(Self::sum)?;
            return if self.takes(')') {
                Ok(node)
            } else {
                Err(self.error("a closing bracket is missing"))
            };
        }
        if self.rest().is_empty() {
            return Err(self.error("something is missing at the end"));
        }
        let word = self.word().to_owned();
        let column = self.column();
        // A column whose name is longer than the word before a bracket or a blank is that column.
        if let Some((id, length)) = column
            && (length > word.len() || !self.is_called(&word))
        {
            self.at += length;
            return self.series(id);
        }
        if let Some(function) = Function::of(&word).filter(|_| self.is_called(&word)) {
            return self.call(&word, function);
        }
        if let Some(statistic) = Statistic::from_word(&word) {
            return self.statistic(&word, statistic);
        }
        self.number()
    }

    /// The letters, digits and underscores that stand next.
    fn word(&self) -> &str {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        &rest[..end.unwrap_or(rest.len())]
    }

    /// Whether a bracket opens behind the word that stands next.
    fn is_called(&self, word: &str) -> bool {
        self.rest()[word.len()..].trim_start().starts_with('(')
    }

    fn call(&mut self, word: &str, function: Function) -> Parsed {
        let begun = self.at;
        self.at += word.len();
        self.takes('(');
        let mut parts = vec![self.deeper(Self::sum)?];
        while self.takes(',') {
            parts.push(self.deeper(Self::sum)?);
        }
        if !self.takes(')') {
            return Err(self.error("a closing bracket is missing"));
        }
        // Of one curve it is its statistic.
        if let ([Node::Series(column, Statistic::Last, until)], Some(statistic)) =
            (parts.as_slice(), Statistic::from_word(word))
        {
            return Ok(Node::Series(*column, statistic, *until));
        }
        if function.takes_several() == (parts.len() > 1) {
            return Ok(Node::Call(function, parts));
        }
        let wanted = if function.takes_several() {
            "the name of a metric, or two numbers and more"
        } else {
            "one number"
        };
        Err(ExpressionError {
            span: begun..self.at,
            message: format!("{word} takes {wanted}"),
        })
    }

    /// A statistic before the name of a column, with or without brackets.
    fn statistic(&mut self, word: &str, statistic: Statistic) -> Parsed {
        self.at += word.len();
        let is_bracketed = self.takes('(');
        self.blanks();
        let Some((column, length)) = self.column() else {
            return Err(self.error(format!(
                "{word} takes the name of a metric: there is none here"
            )));
        };
        self.at += length;
        let series = self.series(column)?;
        if is_bracketed && !self.takes(')') {
            return Err(self.error("a closing bracket is missing"));
        }
        Ok(match series {
            Node::Series(column, _, until) => Node::Series(column, statistic, until),
            other => other,
        })
    }

    /// What stands behind the name of a column.
    fn series(&mut self, column: ColumnId) -> Parsed {
        let values = self.ledger.column(column);
        let has_numbers = || values.numbers().iter().any(|x| !x.is_nan());
        if matches!(values.kind(), Kind::Text) || values.kind() == Kind::Category && !has_numbers()
        {
            let name = values.name();
            return Err(self.error(format!("{name} holds text, which cannot be computed with")));
        }
        let mut until = Until::End;
        if self.rest().starts_with('@') {
            self.at += 1;
            let end = self
                .rest()
                .find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '_'))
                .unwrap_or(self.rest().len());
            let text = &self.rest()[..end];
            until = super::until::until(text).ok_or_else(|| {
                self.error(
                    "a step, a time or “common” is expected behind @, as in loss@100 or loss@2h",
                )
            })?;
            self.at += end;
        }
        Ok(Node::Series(column, Statistic::Last, until))
    }

    /// The longest name of a column that stands next, and its length.
    fn column(&self) -> Option<(ColumnId, usize)> {
        let rest = self.rest();
        if let Some(quoted) = rest.strip_prefix('`') {
            let end = quoted.find('`')?;
            return Some((resolve(&quoted[..end], self.ledger)?, end + 2));
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let ends: Vec<usize> = rest[..end].char_indices().map(|(at, _)| at).collect();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let shorter = ends.into_iter().skip(1).rev();
        [end].into_iter().chain(shorter).find_map(|end| {
            let behind = rest[end..].chars().next();
            let last = rest[..end].chars().next_back();
            let splits = behind.is_some_and(is_word) && last.is_some_and(is_word);
            if splits {
                return None;
            }
            Some((resolve(&rest[..end], self.ledger)?, end))
        })
    }

    fn number(&mut self) -> Parsed {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let mut end = 0;
        while let Some(byte) = bytes.get(end) {
            let sign = matches!(byte, b'+' | b'-')
                && end > 0
                && matches!(bytes[end - 1], b'e' | b'E')
                && bytes[0].is_ascii_digit();
            if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') || sign {
                end += 1;
            } else {
                break;
            }
        }
        // 5% is a share; 7 % 4 and 7%4 are remainders.
        let behind = rest[end..].strip_prefix('%');
        if behind.is_some_and(|rest| {
            !rest
                .trim_start()
                .starts_with(|c: char| c.is_alphanumeric() || c == '(')
        }) {
            end += 1;
        }
        match Literal::new(&rest[..end]).number {
            Some(x) if end > 0 => {
                self.at += end;
                Ok(Node::Number(x))
            }
            _ => {
                let word = rest.split([' ', '(', ')', ',', '*', '+', '^']).next();
                let word = word.unwrap_or_default();
                let similar = super::field::similar(word, self.ledger);
                Err(self.error(match similar {
                    Some(name) => format!("there is no column “{word}”: did you mean {name}?"),
                    None if word.is_empty() => "a column or a number is expected here".to_owned(),
                    None => format!("there is no column “{word}”"),
                }))
            }
        }
    }
}
