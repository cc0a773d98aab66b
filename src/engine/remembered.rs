//! What a person made of runs, by the runs' ids: it holds when they are read again, by another version or with others.

use super::run_lines::RunNote;
use super::sharing::Draft;
use crate::format::Artifact;
use crate::ledger::Rules;
use serde::{Deserialize, Serialize};

/// What is kept with a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// What was said of runs.
    pub notes: Vec<NotedRun>,
    /// The ids of those that stay at the top.
    pub pinned: Vec<String>,
    /// The ids of those that were set aside.
    pub aside: Vec<String>,
}

/// What was said of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NotedRun {
    /// The run's id.
    pub id: String,
    /// What was said.
    pub note: RunNote,
}

/// Up to how many characters a session's name has.
const LONGEST_NAME: usize = 80;

/// What a session's text is: see docs/sessions.md. Of unknown fields nothing is made, absent ones are as by default.
pub const SCHEMA: &str = "runsift.session/1";

/// A session: what is kept beside the files, or with what was read of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of the program that wrote it.
    pub program: String,
    /// What the person calls it.
    pub name: String,
    /// Another at each writing: a tab writes over nothing that it has not seen.
    pub mark: String,
    /// Unix milliseconds.
    pub saved: f64,
    /// How many runs there were.
    pub runs: usize,
    /// How many bytes the dropped files have.
    pub bytes: f64,
    /// The view, as in an address.
    pub view: String,
    /// What was decided about sources and columns.
    pub rules: Rules,
    /// What was made of runs.
    pub made: Remembered,
    /// What was set for a report.
    pub report: Draft,
    /// [`SEAL`] where all but name, sizes and times is sealed by a passphrase and kept beside this.
    pub seal: String,
    /// What lay in the folders of runs and was not read. With the dropped files it is known anew.
    pub artifacts: Vec<Artifact>,
}

/// How sessions are sealed; what is sealed otherwise is of another version.
pub const SEAL: &str = "pbkdf2-sha256-600000 aes-256-gcm";

impl Session {
    /// What may be read of it without its passphrase.
    pub fn sealed(&self) -> Self {
        Self {
            schema: self.schema.clone(),
            program: self.program.clone(),
            name: self.name.clone(),
            mark: self.mark.clone(),
            saved: self.saved,
            bytes: self.bytes,
            seal: SEAL.to_owned(),
            ..Self::default()
        }
    }
}

/// A session that is kept in the browser, as it is listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// Where it is kept.
    pub key: String,
    /// What it is, without what was made of its runs and said of them.
    pub session: Session,
}

impl Kept {
    /// What is kept there as this text.
    pub fn new(key: String, text: &str) -> Self {
        // What cannot be read is of another version, and left alone.
        let session = serde_json::from_str(text).unwrap_or_default();
        Self::of(key, session)
    }

    /// This session.
    pub fn of(key: String, session: Session) -> Self {
        let session = Session {
            rules: Rules::default(),
            made: Remembered::default(),
            report: Draft::default(),
            ..session
        };
        Self { key, session }
    }

    /// Whether another version of this program wrote it, which alone can open it.
    pub fn is_foreign(&self) -> bool {
        let Session { schema, seal, .. } = &self.session;
        schema != SCHEMA || !(seal.is_empty() || seal == SEAL)
    }

    /// Whether it opens by a passphrase.
    pub fn is_sealed(&self) -> bool {
        !self.session.seal.is_empty()
    }

    /// What people call it; one that was kept before there were names has none.
    pub fn name(&self) -> &str {
        if self.session.name.is_empty() {
            "Session without a name"
        } else {
            &self.session.name
        }
    }
}

/// Puts the session among those that are listed, the last used first.
pub fn list(all: &mut Vec<Kept>, kept: Kept) {
    all.retain(|known| known.key != kept.key);
    all.push(kept);
    order::by(all, |a, b| b.session.saved.total_cmp(&a.session.saved));
}

/// The text of a session to be kept in the place of `known`; `None` where that is not what it was when its mark was `before`: another
/// tab wrote or deleted it. A name that it was given meanwhile stays.
pub fn in_place_of(
    known: Option<&str>,
    before: Option<&str>,
    session: &mut Session,
) -> Option<String> {
    if let Some(before) = before {
        let known: Session = serde_json::from_str(known?).ok()?;
        if known.mark != before {
            return None;
        }
        session.name = known.name;
    }
    serde_json::to_string(session).ok()
}

/// The text of a session under another name; `None` where it cannot be read, or that is none.
pub fn renamed(known: Option<&str>, name: &str) -> Option<String> {
    let mut session: Session = serde_json::from_str(known?).ok()?;
    if session.schema != SCHEMA {
        return None;
    }
    session.name = tidy(name)?;
    serde_json::to_string(&session).ok()
}

/// A name for a session of files by these paths, begun on this day, that no other one has.
pub fn name_for<'p>(mut paths: impl Iterator<Item = &'p str>, day: &str, all: &[Kept]) -> String {
    let path = paths.next().unwrap_or_default();
    let last = path.trim_end_matches('/').rsplit('/').next();
    let file = last.unwrap_or_default();
    // A name may begin with its only dot.
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let stem = match (stem, file) {
        ("", "") => "session",
        ("", file) => file,
        (stem, _) => stem,
    };
    let more = match paths.count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let name = tidy(&format!("{stem}{more}, {day}")).unwrap_or_default();
    let is_taken = |name: &str| all.iter().any(|kept| kept.session.name == name);
    let mut named = name.clone();
    let mut count = 1;
    while is_taken(&named) {
        count += 1;
        named = format!("{name} ({count})");
    }
    named
}

/// A name as it is kept: on one line, and not too long to be listed.
pub fn tidy(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(LONGEST_NAME).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(mark: &str, name: &str) -> Session {
        Session {
            schema: SCHEMA.to_owned(),
            mark: mark.to_owned(),
            name: name.to_owned(),
            ..Session::default()
        }
    }

    fn text(session: &Session) -> String {
        serde_json::to_string(session).unwrap()
    }

    #[test]
    fn a_tab_writes_over_nothing_that_it_has_not_seen() {
        let mut mine = session("b", "night");
        let known = text(&session("a", "night, renamed"));
        let written = in_place_of(Some(&known), Some("a"), &mut mine).unwrap();
        let written: Session = serde_json::from_str(&written).unwrap();
        assert_eq!((&*written.mark, &*written.name), ("b", "night, renamed"));
        // Another tab wrote, deleted, or it is of another version.
        for known in [Some(text(&session("z", "night"))), None, Some("{}".into())] {
            assert_eq!(in_place_of(known.as_deref(), Some("a"), &mut mine), None);
        }
        // The first time there is nothing to be seen.
        assert!(in_place_of(None, None, &mut mine).is_some());
    }

    #[test]
    fn what_was_kept_before_there_were_names_opens_and_what_is_newer_is_left_alone() {
        let old = r#"{"schema":"runsift.session/1","mark":"a","runs":3,"made":{"pinned":["x"]}}"#;
        let kept = Kept::new("last".to_owned(), old);
        assert!(!kept.is_foreign());
        assert_eq!(
            (kept.session.runs, kept.name()),
            (3, "Session without a name")
        );
        assert_eq!(kept.session.made, Remembered::default());
        let named: Session = serde_json::from_str(&renamed(Some(old), " a\n b ").unwrap()).unwrap();
        assert_eq!((&*named.name, &*named.mark), ("a b", "a"));
        assert_eq!(named.made.pinned, ["x"]);
        let new = r#"{"schema":"runsift.session/2"}"#;
        for text in [new, "", "[1", "null"] {
            assert!(Kept::new("k".to_owned(), text).is_foreign(), "{text}");
            assert_eq!(renamed(Some(text), "a"), None, "{text}");
        }
        assert_eq!((renamed(Some(old), "  "), renamed(None, "a")), (None, None));
    }

    #[test]
    fn names_tell_the_source_and_the_day_and_are_told_apart() {
        let mut all = Vec::new();
        let mut named = |paths: &[&str]| {
            let name = name_for(paths.iter().copied(), "2026-11-28", &all);
            let at = all.len().to_string();
            list(&mut all, Kept::of(at, session("", &name)));
            name
        };
        assert_eq!(named(&["a/mlruns/"]), "mlruns, 2026-11-28");
        assert_eq!(named(&["mlruns"]), "mlruns, 2026-11-28 (2)");
        assert_eq!(
            named(&["x/trials.csv", "b", "c"]),
            "trials and 2 more, 2026-11-28"
        );
        assert_eq!(named(&[".guild"]), ".guild, 2026-11-28");
        assert_eq!(named(&[]), "session, 2026-11-28");
        assert!(named(&["x".repeat(1000).as_str()]).len() < 200);
    }

    #[test]
    fn of_a_sealed_session_only_name_sizes_and_times_are_read() {
        let whole = Session {
            runs: 77,
            bytes: 5.0,
            saved: 6.0,
            view: "#/table?f=anna".to_owned(),
            made: Remembered {
                pinned: vec!["anna".to_owned()],
                ..Remembered::default()
            },
            report: Draft {
                notes: "anna".to_owned(),
                ..Draft::default()
            },
            ..session("a", "night")
        };
        let text = text(&whole.sealed());
        assert!(!text.contains("anna") && !text.contains("77"), "{text}");
        let kept = Kept::new("k".to_owned(), &text);
        assert!(kept.is_sealed() && !kept.is_foreign());
        let Session { bytes, saved, .. } = kept.session;
        assert_eq!(
            (kept.session.name.as_str(), bytes, saved),
            ("night", 5.0, 6.0)
        );
        let other = text.replace("pbkdf2", "scrypt");
        assert!(Kept::new("k".to_owned(), &other).is_foreign());
    }

    #[test]
    fn the_last_used_is_listed_first_and_none_twice() {
        let mut all = Vec::new();
        for (key, saved) in [("a", 1.0), ("b", 3.0), ("c", 2.0), ("a", 4.0)] {
            let session = Session {
                saved,
                ..Session::default()
            };
            list(&mut all, Kept::of(key.to_owned(), session));
        }
        let keys: Vec<&str> = all.iter().map(|kept| &*kept.key).collect();
        assert_eq!(keys, ["a", "b", "c"]);
    }
}
