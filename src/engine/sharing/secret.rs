//! What in texts should not leave with a report: addresses of people and machines, paths, keys.
//!
//! A text is looked at piece by piece, a piece being what stands between spaces, quotes and brackets; a text that
//! begins as a path is one to its end. What cannot be told by its looks (the name of a person or a machine) is
//! known from columns that are named for it and from the folders of homes, and then looked for everywhere
//! ([`super::masking`]).

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What a piece of text gives away; as a number, its place in [`SecretKind::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SecretKind {
    /// A key or a password.
    Token,
    /// An e-mail address.
    Email,
    /// The name of a person's account.
    User,
    /// The name or address of a machine.
    Host,
    /// A path from the root of a machine.
    Path,
}

impl SecretKind {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 5] = [Self::Token, Self::Email, Self::User, Self::Host, Self::Path];

    /// Its name where there are several.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Token => "keys and passwords",
            Self::Email => "e-mail addresses",
            Self::User => "names of users",
            Self::Host => "names and addresses of machines",
            Self::Path => "paths",
        }
    }

    /// Its name in what stands for one.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Token => "key",
            Self::Email => "e-mail",
            Self::User => "user",
            Self::Host => "host",
            Self::Path => "path",
        }
    }
}

/// How keys of well-known services begin, and how long what begins so is at least.
const KEYS: &[(&str, usize)] = &[
    ("sk-", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("ghu_", 20),
    ("npm_", 20),
    ("pypi-", 20),
    ("sk_live_", 20),
    ("github_pat_", 20),
    ("glpat-", 20),
    ("hf_", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("AKIA", 20),
    ("ASIA", 20),
    ("AIza", 30),
    ("eyJ", 30),
];

/// What follows the name of a key is one from so many letters on.
const SHORTEST_KEY: usize = 3;

/// Names of columns whose values are keys, whatever they look like.
const KEY_NAMES: &[&str] = &[
    "token",
    "password",
    "passwd",
    "secret",
    "credential",
    "credentials",
    "apikey",
    "api_key",
    "access_key",
    "secret_key",
    "auth",
];
/// What a name has in it whose values are keys, as `AWS_SECRET_ACCESS_KEY`.
const KEY_WORDS: &[&str] = &[
    "password",
    "passphrase",
    "secret",
    "credential",
    "api_key",
    "access_key",
    "private_key",
];

/// Whose keys open something.
const KEY_OWNERS: &[&str] = &[
    "wandb",
    "comet",
    "neptune",
    "openai",
    "clearml",
    "aws",
    "gcp",
    "azure",
    "auth",
    "ssh",
    "account",
    "encryption",
    "signing",
    "license",
    "service",
];

/// Names of columns whose values are names of users.
const USER_NAMES: &[&str] = &[
    "user",
    "username",
    "user_name",
    "userid",
    "user_id",
    "owner",
    "author",
    "author_name",
    "committer",
    "committer_name",
    "created_by",
    "creator",
    "email",
    "entity",
];
/// Names of columns whose values are names of machines.
const HOST_NAMES: &[&str] = &[
    "host",
    "hostname",
    "host_name",
    "node",
    "nodename",
    "node_name",
    "machine",
    "node_ip",
    "ip",
    "server",
];

/// How names of columns end whose values are paths, wherever they begin.
const PATH_ENDS: &[&str] = &[
    "path",
    "dir",
    "directory",
    "folder",
    "file",
    "filename",
    "root",
];

/// How names of machines end that only their own network knows.
const PRIVATE_ENDS: &[&str] = &[
    ".local",
    ".localdomain",
    ".lan",
    ".internal",
    ".intranet",
    ".corp",
    ".cluster",
    ".home",
    ".private",
];

/// What all texts of a column of this name are, if its last part says so.
pub(crate) fn named_kind(column: &str) -> Option<SecretKind> {
    let last = column.rsplit(['.', '/', ':']).next().unwrap_or(column);
    let last = last.trim().to_lowercase().replace(['-', ' '], "_");
    let is_of = |names: &[&str]| names.contains(&last.as_str());
    let ends = |word: &str| last.ends_with(word);
    let has_word = |words: &[&str]| words.iter().any(|word| last.contains(word));
    let is_key = is_of(KEY_NAMES) || ends("_token") || has_word(KEY_WORDS);
    // Of keys in general most are none: the key of a random generator, of a metric.
    if is_key || ends("_key") && has_word(KEY_OWNERS) {
        Some(SecretKind::Token)
    } else if is_of(USER_NAMES)
        || ["_user", "_username", "_author", "_owner"]
            .into_iter()
            .any(ends)
    {
        Some(SecretKind::User)
    } else if is_of(HOST_NAMES)
        || ["_host", "hostname", "_node", "_machine", "nodelist"]
            .into_iter()
            .any(ends)
    {
        Some(SecretKind::Host)
    } else if PATH_ENDS.iter().any(|word| ends(word)) {
        Some(SecretKind::Path)
    } else {
        None
    }
}

/// What a whole text is in a column of this kind: one word is no path.
pub(crate) fn whole_kind(named: Option<SecretKind>, text: &str) -> Option<SecretKind> {
    named.filter(|kind| *kind != SecretKind::Path || text.contains(['/', '\\']))
}

/// What a piece says of the next one.
#[derive(Clone, Copy)]
enum Next {
    /// Nothing.
    Any,
    /// It is a key: `--password …`, `token=…`.
    Key,
    /// It is one unless it is another word: `api-key: …`, `Bearer …`.
    KeyIfItLooksSo,
    /// It is one, or says how the one behind it is written: `Authorization: Basic …`.
    Scheme,
}

/// How programs tell a server who they are, before what only they know.
const SCHEMES: &[&str] = &["basic", "bearer", "digest", "token", "apikey"];

/// The places of what a text gives away by its looks, in order.
pub(crate) fn spotted(text: &str) -> Vec<(Range<usize>, SecretKind)> {
    if !may_tell(text) {
        return Vec::new();
    }
    if is_whole_path(text) {
        return vec![(0..text.len(), SecretKind::Path)];
    }
    if let Some(key) = private_key(text) {
        let after = key.end;
        let mut found = spotted(&text[..key.start]);
        found.push((key, SecretKind::Token));
        let rest = spotted(&text[after..]).into_iter();
        found.extend(rest.map(|(place, kind)| (after + place.start..after + place.end, kind)));
        return found;
    }
    let mut found = Vec::new();
    let mut from = 0;
    let mut next = Next::Any;
    let mut before = "";
    for (at, separator) in text.char_indices().chain([(text.len(), ' ')]) {
        // What is told already.
        if at < from || !(separator.is_whitespace() || "\"'`,;()[]{}<>|=".contains(separator)) {
            continue;
        }
        let piece = text.get(from..at).unwrap_or_default();
        // A key in quotes may have spaces: it goes to where they close.
        if let (Next::Key, "", '"' | '\'') = (next, piece, separator)
            && let Some(inside) = text.get(at + 1..)
            && let Some(end) = inside.find([separator, '\n'])
            && inside[end..].starts_with(separator)
            && end >= SHORTEST_KEY
        {
            found.push((at + 1..at + 1 + end, SecretKind::Token));
            from = at + 1 + end + 1;
            next = Next::Any;
            continue;
        }
        let is_scheme = SCHEMES.iter().any(|word| piece.eq_ignore_ascii_case(word));
        let is_key = match next {
            Next::Any => false,
            Next::Key => piece.len() >= SHORTEST_KEY && !piece.starts_with('-'),
            Next::KeyIfItLooksSo | Next::Scheme => looks_like_a_key(piece),
        };
        if is_key {
            found.push((from..at, SecretKind::Token));
        } else if let Some((place, kind)) = kind_of(piece) {
            found.push((from + place.start..from + place.end, kind));
        }
        let is_set = separator == '=';
        from = at + separator.len_utf8();
        if !piece.is_empty() {
            // `"api_key": …`, where the name stands in quotes.
            let is_apart = piece == ":";
            let name = if is_apart {
                before
            } else {
                piece.trim_start_matches('-')
            };
            let is_named = is_set || !is_apart && name.len() < piece.len();
            let bare = name.trim_end_matches(':');
            let is_told = is_apart || bare.len() < name.len();
            let of_key = |name: &str| named_kind(name) == Some(SecretKind::Token);
            let header = bare.as_bytes().last_chunk();
            let is_header =
                header.is_some_and(|end: &[u8; 13]| end.eq_ignore_ascii_case(b"authorization"));
            next = if is_named && of_key(name) || matches!(next, Next::Scheme) && is_scheme {
                Next::Key
            } else if is_header && (is_set || is_told) {
                Next::Scheme
            } else if is_told && of_key(bare) || bare.eq_ignore_ascii_case("bearer") {
                Next::KeyIfItLooksSo
            } else {
                Next::Any
            };
            before = name;
            let of_environment = named_kind(name).filter(|_| is_set && is_of_environment(name));
            if let Some(kind @ (SecretKind::Host | SecretKind::User)) = of_environment {
                let value = text.get(from..).unwrap_or_default();
                let end = value.find(|c: char| c.is_whitespace() || "\"'`;<>|&".contains(c));
                let value = &value[..end.unwrap_or(value.len())];
                if value.len() >= SHORTEST_KEY
                    && value.bytes().any(|byte| byte.is_ascii_alphabetic())
                {
                    found.push((from..from + value.len(), kind));
                    from += value.len();
                }
            }
        }
    }
    found
}

/// The names of accounts in the folders of homes that a text names.
pub(crate) fn homes(text: &str) -> impl Iterator<Item = &str> {
    ["/home/", "/Users/", "\\Users\\", "/users/"]
        .into_iter()
        .flat_map(|home| text.match_indices(home).map(move |(at, _)| at + home.len()))
        .filter_map(|from| {
            let rest = text.get(from..)?;
            let name = rest.split(['/', '\\', ' ', '"', '\'', ',', ':']).next()?;
            (!name.is_empty()).then_some(name)
        })
}

/// A part of a name from so many letters on is one elsewhere too: shorter ones are words of other meaning.
const SHORTEST_NAME: usize = 4;

/// What stands before names of people and is none, and mailboxes of nobody.
const NOBODY: &[&str] = &[
    "from",
    "author",
    "commit",
    "committer",
    "user",
    "users",
    "host",
    "path",
    "mail",
    "email",
    "info",
    "data",
    "test",
    "team",
    "train",
    "root",
    "admin",
    "support",
    "noreply",
    "reply",
    "model",
    "runs",
];

/// The names of people that a text has beside the e-mail address at this place (`Anna Doe <doe@x.org>`, as Git writes it),
/// and in it.
pub(crate) fn people<'t>(text: &'t str, email: &Range<usize>) -> Vec<&'t str> {
    let mut found = Vec::new();
    let before = text.get(..email.start).unwrap_or_default();
    if let Some(before) = before.strip_suffix(['<', '(']) {
        let before = before.trim_end_matches(|c: char| c.is_whitespace() || "\"'".contains(c));
        let name = before
            .rsplit(|c: char| "\n\r\t,;:\"'<>()[]{}=|".contains(c))
            .next();
        found = names(name.unwrap_or_default());
    }
    let local = text
        .get(email.clone())
        .and_then(|email| email.split('@').next());
    let local = local.unwrap_or_default();
    found.push(local);
    found.extend(local.split(['.', '_', '-', '+', '%']));
    let mut told: Vec<&str> = Vec::new();
    for name in found {
        if (is_name(name) || name.contains(char::is_whitespace)) && !told.contains(&name) {
            told.push(name);
        }
    }
    told
}

/// The name of a person at the end of a text, which are its words that begin with capitals, and the parts of it that tell
/// the person too.
pub(crate) fn names(text: &str) -> Vec<&str> {
    let is_capital = |word: &&&str| {
        word.starts_with(char::is_uppercase)
            && word.chars().all(|c| c.is_alphabetic() || ".-’".contains(c))
            && !NOBODY.contains(&word.to_lowercase().as_str())
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let count = words.iter().rev().take_while(is_capital).count();
    let parts = words.get(words.len() - count..).unwrap_or_default();
    let Some(from) = parts.first().and_then(|first| text.rfind(first)) else {
        return Vec::new();
    };
    let mut found = vec![text.get(from..).unwrap_or_default().trim_end()];
    found.extend(parts.iter().filter(|part| is_name(part)));
    found
}

/// Whether a word tells a person by itself.
fn is_name(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters >= SHORTEST_NAME && !NOBODY.contains(&word.to_lowercase().as_str())
}

/// Whether a text may give something away: most of a million do not, and need no more than a glance.
fn may_tell(text: &str) -> bool {
    let mut dots = 0;
    for byte in text.bytes() {
        match byte {
            b'/' | b'\\' | b'@' | b'=' => return true,
            b'.' | b':' => dots += 1,
            _ => {}
        }
    }
    dots >= 3
        || text.contains("bearer ")
        || text.contains("Bearer ")
        || dots > 0 && text.contains(": ")
        || dots > 0 && PRIVATE_ENDS.iter().any(|end| text.contains(end))
        || text.contains("::")
        || text.contains("--")
        || KEYS
            .iter()
            .any(|(beginning, least)| text.len() >= *least && text.contains(beginning))
}

/// Whether a text is one path from its beginning to its end, spaces and all.
fn is_whole_path(text: &str) -> bool {
    is_rooted(text) && !text.contains(['\n', '"', ',', ';', '=']) && !text.contains(" -")
}

/// Whether a text begins at the root of a machine, or at a home.
fn is_rooted(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes {
        [b'~', b'/', ..] | [b'\\', b'\\', _, ..] => true,
        // A share of another machine.
        [b'/', b'/', rest @ ..] => rest.iter().position(|byte| *byte == b'/') > Some(0),
        // One name behind the root is no place: `/s`, a metric's name.
        [b'/', rest @ ..] => rest.first().is_some_and(|byte| *byte != b'/') && rest.contains(&b'/'),
        [drive, b':', b'\\' | b'/', ..] => drive.is_ascii_alphabetic(),
        _ => false,
    }
}

/// What a piece gives away, and where in it.
fn kind_of(piece: &str) -> Option<(Range<usize>, SecretKind)> {
    let end = piece.trim_end_matches(['.', ':', '!', '?']).len();
    let start = piece.len() - piece.trim_start_matches(':').len();
    let core = piece.get(start..end)?;
    if core.len() < 4 {
        return None;
    }
    let whole = |kind| Some((start..end, kind));
    if is_key(core) {
        return whole(SecretKind::Token);
    }
    if let Some((scheme, rest)) = core.split_once("://") {
        let is_word = !scheme.is_empty()
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+');
        if is_word && !rest.is_empty() {
            let is_path = scheme == "file" || rest.starts_with('/');
            return whole(if is_path {
                SecretKind::Path
            } else {
                SecretKind::Host
            });
        }
    }
    if is_email(core) {
        return whole(SecretKind::Email);
    }
    if is_rooted(core) {
        return whole(SecretKind::Path);
    }
    // `name:/home/…`, `user@machine:/data/…`
    if let Some((before, after)) = core.split_once(':')
        && is_rooted(after)
    {
        let from = if before.contains('@') {
            start
        } else {
            end - after.len()
        };
        return Some((from..end, SecretKind::Path));
    }
    // `git@machine:group/project`
    if let Some((user, (host, rest))) = core
        .split_once('@')
        .and_then(|(user, rest)| Some((user, rest.split_once(':')?)))
    {
        let is_word = |text: &str| {
            let of = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            !text.is_empty() && text.bytes().all(of)
        };
        if is_word(user) && is_word(host) && !rest.is_empty() {
            return whole(SecretKind::Host);
        }
    }
    if is_address_of_six(core) {
        return whole(SecretKind::Host);
    }
    let is_host = |text: &str| is_address(text) || is_private_host(text);
    let address = core.split_once(':').map_or(core, |(address, _)| address);
    if is_host(address) || core.split_once('@').is_some_and(|(_, host)| is_host(host)) {
        return whole(SecretKind::Host);
    }
    None
}

fn is_key(piece: &str) -> bool {
    KEYS.iter().any(|(beginning, least)| {
        piece.starts_with(beginning)
            && piece.len() >= *least
            && piece
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && is_random(&piece[beginning.len()..])
    })
}

/// Whether letters stand together as no words do: with digits, or very many great and small ones without anything between.
fn is_random(letters: &str) -> bool {
    /// No name of a class is as long.
    const LONG: usize = 28;
    let has = |of: fn(&u8) -> bool| letters.bytes().any(|byte| of(&byte));
    has(u8::is_ascii_digit)
        || letters.len() >= LONG
            && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_uppercase)
}

/// Whether what stands behind the name of a key in prose is one: letters and digits, and no number.
fn looks_like_a_key(piece: &str) -> bool {
    let has = |of: fn(&u8) -> bool| piece.bytes().any(|byte| of(&byte));
    piece.len() >= 6
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && piece.parse::<f64>().is_err()
}

/// Whether a name is one of an environment: `SLURM_NODELIST=gpu[01-04]`, `USER=anna`.
fn is_of_environment(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// What stands before and behind a private key, and what ends both lines.
const KEY_BEGINS: &str = "-----BEGIN ";
const KEY_ENDS: &str = "-----END ";
const DASHES: &str = "-----";

/// Where a private key lies in a text, as PEM files have them: to its end, or to that of the text.
fn private_key(text: &str) -> Option<Range<usize>> {
    let from = text.find(KEY_BEGINS)?;
    let rest = text.get(from..)?;
    rest.lines().next()?.find("PRIVATE KEY")?;
    let end = rest.find(KEY_ENDS).map_or(rest.len(), |at| {
        let after = at + KEY_ENDS.len();
        let close = rest[after..].find(DASHES);
        close.map_or(rest.len(), |close| after + close + DASHES.len())
    });
    Some(from..from + end)
}

fn is_email(piece: &str) -> bool {
    let Some((local, domain)) = piece.split_once('@') else {
        return false;
    };
    let of = |text: &str, more: &[u8]| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte >= 128 || more.contains(&byte))
    };
    of(local, b"._%+-")
        && of(domain, b".-")
        && domain.rsplit_once('.').is_some_and(|(host, top)| {
            !host.is_empty() && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
}

/// Four numbers of a byte each. A version of four numbers looks so too, and is masked with them.
fn is_address(piece: &str) -> bool {
    piece.split('.').count() == 4
        && piece.split('.').all(|part| {
            (1..=3).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && part.parse::<u16>().is_ok_and(|number| number < 256)
        })
}

/// `node017.cluster.local`: words between points, the last of which says that it is of no public network.
fn is_private_host(piece: &str) -> bool {
    let is_part = |part: &str| {
        let of = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        !part.is_empty() && part.bytes().all(of)
    };
    PRIVATE_ENDS.iter().any(|end| piece.ends_with(end)) && piece.split('.').all(is_part)
}

/// Groups of up to four hexadecimal digits between colons, eight of them or fewer where two colons stand for the rest. (A time
/// of the day has neither.)
fn is_address_of_six(piece: &str) -> bool {
    let groups = piece.split(':').count();
    let is_group =
        |group: &str| group.len() <= 4 && group.bytes().all(|byte| byte.is_ascii_hexdigit());
    (groups == 8 || (3..8).contains(&groups) && piece.contains("::"))
        && piece.split(':').all(is_group)
        && piece.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
