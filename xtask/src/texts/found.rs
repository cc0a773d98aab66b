//! Which literals of a Rust source are words for people.
//!
//! The source is read as tokens, since a compiler's tree has nothing to say of what is inside `view!`. Where a
//! literal stands decides about it ([`Place`]), and where its place leaves it open, its shape ([`rules::is_prose`]).

use std::collections::BTreeSet;
use std::ops::Range;

use anyhow::anyhow;
use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};

use super::rules::{self, Place};
use super::template;

/// A string literal of a source.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its bytes in the source, with quotes.
    pub(crate) range: Range<usize>,
    /// What it says.
    pub(crate) value: String,
    /// Whether it is a template of `format!` and its kin.
    pub(crate) is_template: bool,
    /// Whether it is a noun of which `counted` makes the plural.
    pub(crate) is_counted: bool,
    /// What it is to people and to the program.
    pub(crate) role: Role,
}

/// What a literal is to people and to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Words for people.
    Text,
    /// The program compares with it, or looks it up.
    Compared,
    /// Neither.
    Other,
}

/// All string literals of the source `file` but those of its tests, in their order.
pub(crate) fn literals(file: &str, source: &str) -> anyhow::Result<Vec<Found>> {
    let tokens: TokenStream = source.parse().map_err(|error: proc_macro2::LexError| {
        let at = error.span().start();
        anyhow!("line {}: no Rust token", at.line)
    })?;
    let tokens = trees(tokens);
    // First which names go into sentences, then the words that go into these names.
    let mut reader = Reader::new(file);
    reader.rust(&tokens, Place::Judged)?;
    reader.found.clear();
    reader.is_second = true;
    reader.rust(&tokens, Place::Judged)?;
    reader.found.sort_by_key(|found| found.range.start);
    Ok(reader.found)
}

struct Reader<'a> {
    file: &'a str,
    found: Vec<Found>,
    /// Variables and functions whose values go into templates that are texts.
    said: BTreeSet<String>,
    is_second: bool,
}

fn trees(tokens: TokenStream) -> Vec<TokenTree> {
    tokens.into_iter().collect()
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

fn ident(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    }
}

impl<'a> Reader<'a> {
    fn new(file: &'a str) -> Self {
        Self {
            file,
            found: Vec::new(),
            said: BTreeSet::new(),
            is_second: false,
        }
    }

    /// Reads code: statements, expressions, items.
    fn rust(&mut self, tokens: &[TokenTree], place: Place) -> anyhow::Result<()> {
        let places = self.places(tokens);
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let before = at.checked_sub(1).and_then(|at| tokens.get(at));
            let here = match places.get(at) {
                Some(Some(inner)) => place.and(*inner),
                _ => place,
            };
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    let inner = usize::from(is_punct(tokens.get(at + 1), '!'));
                    if let Some(attribute) = group(tokens.get(at + 1 + inner), Delimiter::Bracket) {
                        at += 2 + inner;
                        let attribute = trees(attribute.stream());
                        if is_of_tests(&attribute) {
                            at = end_of_item(tokens, at);
                        } else if ident(attribute.first()).as_deref() == Some("error")
                            && let Some(arguments) = group(attribute.get(1), Delimiter::Parenthesis)
                        {
                            self.templates(&trees(arguments.stream()), 0, Place::Said)?;
                        }
                        continue;
                    }
                }
                TokenTree::Ident(name)
                    if is_punct(tokens.get(at + 1), '!')
                        && matches!(tokens.get(at + 2), Some(TokenTree::Group(_))) =>
                {
                    if let Some(TokenTree::Group(body)) = tokens.get(at + 2) {
                        self.macro_call(&name.to_string(), &trees(body.stream()), here)?;
                    }
                    at += 3;
                    continue;
                }
                TokenTree::Group(group) => {
                    let inside = match (group.delimiter(), before) {
                        (Delimiter::Parenthesis, Some(TokenTree::Ident(callee))) => {
                            here.and(rules::called(&callee.to_string(), here))
                        }
                        // `map["key"]`, but not `for word in ["a", "b"]`.
                        (Delimiter::Bracket, Some(TokenTree::Ident(name)))
                            if !rules::is_keyword(&name.to_string()) =>
                        {
                            here.and(Place::Compared)
                        }
                        (Delimiter::Bracket, Some(TokenTree::Group(_))) => {
                            here.and(Place::Compared)
                        }
                        _ => here,
                    };
                    self.rust(&trees(group.stream()), inside)?;
                }
                TokenTree::Literal(literal) => {
                    self.literal(literal, here, false);
                }
                _ => {}
            }
            at += 1;
        }
        Ok(())
    }

    fn macro_call(&mut self, name: &str, body: &[TokenTree], place: Place) -> anyhow::Result<()> {
        match name {
            "view" => self.view(body),
            "format" | "format_args" => self.templates(body, 0, place),
            "write" | "writeln" => self.templates(body, 1, place),
            "matches" => self.rust(body, place.and(Place::Compared)),
            _ if rules::SILENT_MACROS.contains(&name) => self.rust(body, Place::Silent),
            _ => self.rust(body, place),
        }
    }

    /// Arguments of a macro whose argument `which` is a template.
    fn templates(&mut self, body: &[TokenTree], which: usize, place: Place) -> anyhow::Result<()> {
        let mut argument = 0;
        for (at, token) in body.iter().enumerate() {
            if is_punct(Some(token), ',') {
                argument += 1;
            } else if argument == which
                && let TokenTree::Literal(literal) = token
            {
                let arguments = body.get(at + 1..).unwrap_or_default();
                if self.literal(literal, place, true) != Role::Text {
                    return self.rust(arguments, place);
                }
                // What goes into a sentence is part of it.
                self.said.extend(
                    arguments
                        .split(|token| is_punct(Some(token), ','))
                        .filter_map(name_of),
                );
                return self.rust(arguments, Place::Said);
            }
        }
        self.rust(body, place)
    }

    /// Reads the nodes of a `view!`, which stand in a row: the tags, the words and the code between them.
    fn view(&mut self, tokens: &[TokenTree]) -> anyhow::Result<()> {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Literal(literal) => {
                    self.literal(literal, Place::Said, false);
                }
                TokenTree::Group(group) => self.rust(&trees(group.stream()), Place::Said)?,
                TokenTree::Punct(punct) if punct.as_char() == '<' => {
                    let end = end_of_tag(tokens, at)?;
                    self.tag(tokens.get(at + 1..end).unwrap_or_default())?;
                    at = end;
                }
                _ => {}
            }
            at += 1;
        }
        Ok(())
    }

    /// What is between `<` and `>`.
    fn tag(&mut self, tokens: &[TokenTree]) -> anyhow::Result<()> {
        let element = ident(tokens.first()).unwrap_or_default();
        let is_component = element.starts_with(|c: char| c.is_ascii_uppercase());
        // Each attribute: where its name begins, the name, where its value begins.
        let mut attributes: Vec<(usize, String, usize)> = Vec::new();
        for at in 1..tokens.len() {
            if is_punct(tokens.get(at), '=')
                && !is_punct(tokens.get(at + 1), '=')
                && let Some((start, name)) = name_before(tokens, at)
            {
                attributes.push((start, name, at + 1));
            }
        }
        for (index, (_, name, start)) in attributes.iter().enumerate() {
            let end = attributes
                .get(index + 1)
                .map_or(tokens.len(), |next| next.0);
            let value = tokens.get(*start..end).unwrap_or_default();
            self.rust(value, rules::attribute(name, is_component))?;
        }
        Ok(())
    }

    fn literal(&mut self, literal: &Literal, place: Place, is_template: bool) -> Role {
        let syn::Lit::Str(string) = syn::Lit::new(literal.clone()) else {
            return Role::Other;
        };
        let value = string.value();
        let place = rules::place_of(self.file, &value).unwrap_or(place);
        let role = match place {
            Place::Said | Place::Counted if rules::has_words(&value, is_template) => Role::Text,
            Place::Judged if rules::is_prose(self.file, &value, is_template) => Role::Text,
            Place::Compared => Role::Compared,
            _ => Role::Other,
        };
        if role == Role::Text && is_template {
            let names = template::placeholders(&value).unwrap_or_default();
            self.said
                .extend(names.iter().map(|name| template::name(name).to_owned()));
        }
        self.found.push(Found {
            range: literal.span().byte_range(),
            value,
            is_template,
            is_counted: place == Place::Counted,
            role,
        });
        role
    }
}

/// The variable or the function that an argument is, as `noun`, `noun(count)`, `self.noun()`.
fn name_of(argument: &[TokenTree]) -> Option<String> {
    let last = match argument {
        [.., name, TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => name,
        [name] => name,
        _ => return None,
    };
    ident(Some(last))
}

/// Whether an attribute's item is of tests only.
fn is_of_tests(attribute: &[TokenTree]) -> bool {
    let arguments = group(attribute.get(1), Delimiter::Parenthesis);
    match (ident(attribute.first()).as_deref(), arguments) {
        (Some("cfg"), Some(arguments)) => arguments.stream().to_string() == "test",
        (Some("test"), None) => true,
        _ => false,
    }
}

/// Behind the item that begins at `at`.
fn end_of_item(tokens: &[TokenTree], mut at: usize) -> usize {
    let first = ident(tokens.get(at)).unwrap_or_default();
    let has_value = ["const", "static", "use", "type", "let"].contains(&&*first);
    while let Some(token) = tokens.get(at) {
        at += 1;
        let is_body = group(Some(token), Delimiter::Brace).is_some() && !has_value;
        if is_body || is_punct(Some(token), ';') {
            break;
        }
    }
    at
}

/// Where the tag that begins at `start` has its `>`.
fn end_of_tag(tokens: &[TokenTree], start: usize) -> anyhow::Result<usize> {
    // Not each angle belongs to a tag: `open=count <= 4`, `on:click=move |_| -> bool {}`, `<Choice<Tab>`.
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let opens = at == start
            || is_punct(before, ':')
            || ident(before).is_some_and(|word| word.starts_with(|c: char| c.is_uppercase()));
        let is_arrow = is_punct(before, '-') || is_punct(before, '=');
        if is_punct(Some(token), '<') && opens {
            depth += 1;
        } else if is_punct(Some(token), '>') && !is_arrow && !is_punct(tokens.get(at + 1), '=') {
            depth -= 1;
        }
        if depth == 0 {
            return Ok(at);
        }
    }
    let line = tokens
        .get(start)
        .map_or(0, |token| token.span().start().line);
    Err(anyhow!("line {line}: a tag without an end"))
}

/// The attribute's name that ends before `end`, as `aria-label` or `on:click`, and where it begins.
fn name_before(tokens: &[TokenTree], end: usize) -> Option<(usize, String)> {
    let mut start = end;
    let mut name = String::new();
    let mut is_word_next = true;
    while let Some(token) = start.checked_sub(1).and_then(|at| tokens.get(at)) {
        match token {
            TokenTree::Ident(word) if is_word_next => name.insert_str(0, &word.to_string()),
            TokenTree::Punct(punct) if matches!(punct.as_char(), '-' | ':') => {
                name.insert(0, punct.as_char());
            }
            _ => break,
        }
        is_word_next = matches!(token, TokenTree::Punct(_));
        start -= 1;
    }
    (start < end && !name.is_empty()).then_some((start, name))
}

impl Reader<'_> {
    /// For each token where it stands, if that differs from where all of them do: patterns, what something is compared
    /// with, and the values of what has a telling name.
    fn places(&self, tokens: &[TokenTree]) -> Vec<Option<Place>> {
        let mut places = vec![None; tokens.len()];
        let mut mark = |range: Range<usize>, place: Place| {
            for at in range {
                if let Some(mark) = places.get_mut(at) {
                    *mark = Some(place);
                }
            }
        };
        let position = |from: usize, wanted: &dyn Fn(&TokenTree) -> bool| {
            let found = tokens.iter().skip(from).position(wanted);
            found.map_or(tokens.len(), |length| from + length)
        };
        let named = |name: &str| match rules::named(name) {
            None if self.is_second && self.said.contains(name) => Some(Place::Said),
            place => place,
        };
        for at in 0..tokens.len() {
            let token = tokens.get(at);
            let next = tokens.get(at + 1);
            let before = at.checked_sub(1).and_then(|at| tokens.get(at));
            match ident(token).as_deref() {
                // `let PATTERN = VALUE;`
                Some("let") => {
                    let middle = position(at, &|token| is_punct(Some(token), '='));
                    let is_condition = ident(before).is_some() || is_punct(before, '&');
                    let pattern = tokens.get(at + 1..middle).unwrap_or_default();
                    let names = names(pattern);
                    let place = match names.as_slice() {
                        [name] => named(name),
                        // Of several the one may be shown and the other not.
                        several => several
                            .iter()
                            .find_map(|name| named(name))
                            .filter(|place| *place == Place::Said),
                    };
                    if let Some(place) = place
                        && !is_condition
                    {
                        mark(
                            middle..position(middle, &|token| is_punct(Some(token), ';')),
                            place,
                        );
                    }
                    mark(at..middle, Place::Compared);
                }
                // `fn NAME(…) { … }`
                Some("fn") => {
                    if let Some(place) = ident(next).and_then(|name| named(&name)) {
                        let body =
                            position(at, &|token| group(Some(token), Delimiter::Brace).is_some());
                        mark(body..body + 1, place);
                    }
                }
                _ => {}
            }
            // `PATTERN =>`
            if is_punct(token, '=') && is_punct(next, '>') {
                let mut start = at;
                while let Some(earlier) = start.checked_sub(1) {
                    let is_body = group(tokens.get(earlier), Delimiter::Brace).is_some()
                        && earlier
                            .checked_sub(1)
                            .is_some_and(|at| is_punct(tokens.get(at), '>'));
                    if is_punct(tokens.get(earlier), ',') || is_body {
                        break;
                    }
                    start = earlier;
                }
                mark(start..at, Place::Compared);
            }
            // `left == right`, `left != right`
            let is_sign = is_punct(token, '!') || is_punct(token, '=');
            if is_sign && is_punct(next, '=') && !is_punct(before, '=') {
                mark(at.saturating_sub(1)..at, Place::Compared);
                let ends = |token: &TokenTree| {
                    matches!(token, TokenTree::Punct(punct) if ",;&|?".contains(punct.as_char()))
                        || group(Some(token), Delimiter::Brace).is_some()
                };
                // A reference is part of the right side.
                let from = at + 2 + usize::from(is_punct(tokens.get(at + 2), '&'));
                mark(from..position(from, &ends), Place::Compared);
            }
        }
        places
    }
}

/// All names in a pattern.
fn names(pattern: &[TokenTree]) -> Vec<String> {
    let mut found = Vec::new();
    for token in pattern {
        match token {
            TokenTree::Ident(name) => found.push(name.to_string()),
            TokenTree::Group(group) => found.extend(names(&trees(group.stream()))),
            _ => {}
        }
    }
    found
}
