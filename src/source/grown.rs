//! Logs that only grow, in a folder that is followed: what a reader made of them so far is kept, and gone on with from where
//! the last whole record ended.
//!
//! A reader of such logs begins with [`resume`], reads what is left, says by [`Marks::reach`] how far each file is read for
//! good, and gives what it has made to [`Marks::keep`]. It must make the same of a file in two goes as in one: what may
//! still change (a record that is cut, a line without an end) is read for this time only, and stays beyond the mark.
//!
//! What was kept holds for the same files in the same order, where none but the last has changed and the last has become longer;
//! some bytes before the mark must be as they were. Else all is read from the beginning, as it is where nothing was kept.

use super::{File, ReadSeek};
use std::any::Any;
use std::cell::RefCell;
use std::io::{self, Read as _, Seek as _, SeekFrom};

/// How many bytes before the mark must be as they were.
const COMPARED_BYTES: u64 = 4 << 10;

/// What readers have made of files, for when those have grown. Bounded: what was kept longest goes first.
pub struct Kept(RefCell<Shelf>);

struct Shelf {
    /// The files that have changed since they are followed.
    changed: order::Set<String>,
    /// By the path of the first file.
    readings: order::Map<String, Reading>,
    least_bytes: u64,
    most_bytes: usize,
    bytes: usize,
    /// How often something was kept.
    turn: u64,
}

/// What was made of files.
struct Reading {
    marks: Vec<Mark>,
    made: Box<dyn Any>,
    bytes: usize,
    turn: u64,
}

/// How far a file is read for good.
#[derive(Clone, Debug)]
struct Mark {
    path: String,
    len: u64,
    end: u64,
    /// What stands before this place, as a number: the mark, or an earlier place where that could not be read.
    compared: (u64, u64),
    /// Whether the file was changed since, in whatever way.
    is_changed: bool,
}

impl Kept {
    /// Keeps nothing yet. What is made of files with fewer than `least_bytes` is not kept, and of all no more than
    /// about `most_bytes` of memory.
    pub fn new(least_bytes: u64, most_bytes: usize) -> Self {
        Self(RefCell::new(Shelf {
            changed: order::Set::new(),
            readings: order::Map::new(),
            least_bytes,
            most_bytes,
            bytes: 0,
            turn: 0,
        }))
    }

    /// These files, in order, are not as they were. To be told whoever reads them again.
    pub fn look(&self, changed: &[String]) {
        let is_changed = |path: &str| {
            let found = changed.binary_search_by(|known| known.as_str().cmp(path));
            found.is_ok()
        };
        let shelf = &mut *self.0.borrow_mut();
        for reading in shelf.readings.values_mut() {
            for mark in &mut reading.marks {
                mark.is_changed |= is_changed(&mark.path);
            }
        }
        for path in changed {
            shelf.changed.insert(path.clone());
        }
    }

    /// Whether a file has changed, or came, since its folder is followed: then somebody writes it.
    pub fn has_changed(&self, path: &str) -> bool {
        self.0.borrow().changed.contains(path)
    }

    /// Forgets all.
    pub fn clear(&self) {
        let shelf = &mut *self.0.borrow_mut();
        shelf.readings = order::Map::new();
        shelf.changed = order::Set::new();
        shelf.bytes = 0;
    }

    /// How often something was kept.
    pub fn turn(&self) -> u64 {
        self.0.borrow().turn
    }

    fn take(&self, files: &[&dyn File]) -> Option<(Box<dyn Any>, Marks)> {
        let shelf = &mut *self.0.borrow_mut();
        let reading = shelf.readings.remove(files.first()?.path())?;
        shelf.bytes -= reading.bytes;
        let mut marks = reading.marks;
        let last = marks.pop()?;
        let is_same = |mark: &Mark, file: &dyn File| {
            mark.path == file.path() && mark.len == file.len_bytes() && !mark.is_changed
        };
        let are_same = marks.len() < files.len()
            && marks
                .iter()
                .zip(files)
                .all(|(mark, file)| is_same(mark, *file));
        let file = *files.get(marks.len()).filter(|_| are_same)?;
        let goes_on = is_same(&last, file)
            || last.path == file.path() && last.len < file.len_bytes() && stands(&last, file);
        goes_on.then_some((
            reading.made,
            Marks {
                done: marks,
                next: Some(last),
            },
        ))
    }

    fn put(&self, marks: Vec<Mark>, made: Box<dyn Any>, bytes: usize) {
        let shelf = &mut *self.0.borrow_mut();
        let read: u64 = marks.iter().map(|mark| mark.end).sum();
        let Some(first) = marks.first().map(|mark| mark.path.clone()) else {
            return;
        };
        if read < shelf.least_bytes || bytes > shelf.most_bytes {
            return;
        }
        while shelf.bytes + bytes > shelf.most_bytes {
            let oldest = shelf
                .readings
                .iter()
                .min_by_key(|(_, reading)| reading.turn);
            let Some(path) = oldest.map(|(path, _)| path.clone()) else {
                break;
            };
            shelf.bytes -= shelf.readings.remove(&path).map_or(0, |gone| gone.bytes);
        }
        shelf.turn += 1;
        shelf.bytes += bytes;
        let reading = Reading {
            marks,
            made,
            bytes,
            turn: shelf.turn,
        };
        if let Some(gone) = shelf.readings.insert(first, reading) {
            shelf.bytes -= gone.bytes;
        }
    }
}

/// Whether what stands before a mark is what stood there. Where the file cannot be read now it is taken for so: who reads on
/// says what is wrong, and what was kept is there for the next time.
fn stands(mark: &Mark, file: &dyn File) -> bool {
    let (place, before) = mark.compared;
    fingerprint(file, place).map_or(true, |now| now == before)
}

/// The bytes before a place as a number (FNV-1a).
fn fingerprint(file: &dyn File, place: u64) -> io::Result<u64> {
    const PRIME: u64 = 0x0100_0000_01b3;
    let from = place.saturating_sub(COMPARED_BYTES);
    let mut bytes = vec![0; (place - from) as usize];
    open_from(file, from)?.read_exact(&mut bytes)?;
    Ok(bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(PRIME)
    }))
}

/// Opens a file at a place in it.
pub fn open_from(file: &dyn File, place: u64) -> io::Result<Box<dyn ReadSeek>> {
    let mut reader = file.open()?;
    if place > 0 {
        reader.seek(SeekFrom::Start(place))?;
    }
    Ok(reader)
}

/// How far files are read.
#[derive(Default)]
pub struct Marks {
    /// Of those before the one that is read next.
    done: Vec<Mark>,
    /// How far that one was read before.
    next: Option<Mark>,
}

/// What was made of the beginning of these files, and how far that goes; nothing of nothing where they are read from the beginning.
pub fn resume<T: Default + 'static>(files: &[&dyn File]) -> (T, Marks) {
    let kept = files.first().and_then(|file| file.kept());
    if let Some((made, marks)) = kept.and_then(|kept| kept.take(files))
        && let Ok(made) = made.downcast()
    {
        return (*made, marks);
    }
    (T::default(), Marks::default())
}

impl Marks {
    /// How many files are read to their end.
    pub fn done(&self) -> usize {
        self.done.len()
    }

    /// From where on the next file is to be read.
    pub fn from(&self) -> u64 {
        self.next.as_ref().map_or(0, |mark| mark.end)
    }

    /// The next file was read, for good up to `end`.
    pub fn reach(&mut self, file: &dyn File, end: u64) {
        if file.kept().is_none() {
            return;
        }
        let before = self.next.take().filter(|mark| mark.path == file.path());
        self.done.push(Mark {
            path: file.path().to_owned(),
            len: file.len_bytes(),
            end,
            compared: before.map_or((0, 0), |mark| mark.compared),
            is_changed: false,
        });
    }

    /// Whether what is made of them can be kept.
    pub fn are_kept(&self) -> bool {
        !self.done.is_empty()
    }

    /// Keeps what was made of these files, which takes about so many bytes of memory, for the next time.
    pub fn keep<T: 'static>(self, files: &[&dyn File], made: T, bytes: usize) {
        let (Some(file), mut marks) = (files.last(), self.done) else {
            return;
        };
        let (Some(kept), Some(last)) = (file.kept(), marks.last_mut()) else {
            return;
        };
        if last.path != file.path() {
            return;
        }
        if last.compared.0 != last.end || last.end == 0 {
            match fingerprint(*file, last.end) {
                Ok(now) => last.compared = (last.end, now),
                // It was changed since it was looked at: an earlier place will do.
                Err(_) if last.compared.0 > 0 => {}
                Err(_) => return,
            }
        }
        kept.put(marks, Box::new(made), bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFile;
    use std::rc::Rc;

    struct Log {
        file: MemoryFile,
        kept: Rc<Kept>,
        is_readable: bool,
    }

    impl File for Log {
        fn path(&self) -> &str {
            self.file.path()
        }

        fn len_bytes(&self) -> u64 {
            self.file.len_bytes()
        }

        fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
            if !self.is_readable {
                return Err(io::ErrorKind::NotFound.into());
            }
            self.file.open()
        }

        fn kept(&self) -> Option<&Kept> {
            Some(&self.kept)
        }
    }

    fn log(kept: &Rc<Kept>, path: &str, text: &str) -> Log {
        Log {
            file: MemoryFile::new(path, text.as_bytes()),
            kept: Rc::clone(kept),
            is_readable: true,
        }
    }

    /// Reads whole lines of these; gives what was made of them and what was read for that.
    fn read(logs: &[Log]) -> (String, String) {
        let files: Vec<&dyn File> = logs.iter().map(|log| log as _).collect();
        let (mut made, mut marks) = resume::<String>(&files);
        let mut all = String::new();
        for file in &files[marks.done()..] {
            let mut text = String::new();
            let from = marks.from();
            if let Ok(mut reader) = open_from(*file, from) {
                reader.read_to_string(&mut text).unwrap();
            }
            let whole = text.rfind('\n').map_or(0, |at| at + 1);
            made.push_str(&text[..whole]);
            all.push_str(&text);
            marks.reach(*file, from + whole as u64);
        }
        let bytes = made.len();
        marks.keep(&files, made.clone(), bytes);
        (made, all)
    }

    fn check(logs: &[Log], made: &str, all: &str) {
        assert_eq!(read(logs), (made.to_owned(), all.to_owned()));
    }

    fn shelf() -> Rc<Kept> {
        Rc::new(Kept::new(0, 1 << 20))
    }

    #[test]
    fn what_has_grown_is_read_from_where_it_ended() {
        let kept = shelf();
        check(&[log(&kept, "a", "1\n2\n3")], "1\n2\n", "1\n2\n3");
        kept.look(&["a".to_owned()]);
        check(&[log(&kept, "a", "1\n2\n34\n5")], "1\n2\n34\n", "34\n5");
        // A further file of the same log.
        kept.look(&["b".to_owned()]);
        let both = |b: &str| [log(&kept, "a", "1\n2\n34\n5"), log(&kept, "b", b)];
        check(&both("6\n"), "1\n2\n34\n6\n", "56\n");
        check(&both("6\n7\n"), "1\n2\n34\n6\n7\n", "7\n");
        // As it was.
        kept.look(&[]);
        check(&both("6\n7\n"), "1\n2\n34\n6\n7\n", "");
    }

    #[test]
    fn what_is_another_is_read_from_its_beginning() {
        let kept = shelf();
        let again = |text: &str, made: &str, all: &str| {
            check(&[log(&kept, "a", "1\n2\n")], "1\n2\n", "1\n2\n");
            kept.look(&["a".to_owned()]);
            check(&[log(&kept, "a", text)], made, all);
            kept.clear();
        };
        again("1\n2\n3\n", "1\n2\n3\n", "3\n");
        again("1\n", "1\n", "1\n");
        // Written anew, as long or longer.
        again("1\n3\n", "1\n3\n", "1\n3\n");
        again("1\n3\n4\n", "1\n3\n4\n", "1\n3\n4\n");
        // An earlier file of a log is not what it was.
        let both = |a: &str| [log(&kept, "a", a), log(&kept, "b", "9\n")];
        read(&both("1\n"));
        kept.look(&["a".to_owned()]);
        check(&both("1\n2\n"), "1\n2\n9\n", "1\n2\n9\n");
        check(&[log(&kept, "a", "1\n2\n")], "1\n2\n", "1\n2\n");
        // Another has read it again since.
        kept.look(&["a".to_owned()]);
        kept.look(&[]);
        check(&[log(&kept, "a", "1\n3\n")], "1\n3\n", "1\n3\n");
    }

    #[test]
    fn what_cannot_be_read_for_a_moment_is_kept() {
        let kept = shelf();
        check(&[log(&kept, "a", "1\n2\n")], "1\n2\n", "1\n2\n");
        kept.look(&["a".to_owned()]);
        let lost = Log {
            is_readable: false,
            ..log(&kept, "a", "1\n2\n3\n")
        };
        check(&[lost], "1\n2\n", "");
        // What was written meanwhile made it so.
        check(&[log(&kept, "a", "1\n2\n3\n4\n")], "1\n2\n3\n4\n", "3\n4\n");
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let kept = Rc::new(Kept::new(3, 10));
        let text = "1\n2\n3\n4\n";
        for (path, is_kept) in [("a", true), ("b", true), ("c", true)] {
            read(&[log(&kept, path, &text[..4])]);
            assert!(is_kept == kept.0.borrow().readings.contains_key(path));
        }
        // The first made room for the third.
        assert_eq!(kept.0.borrow().bytes, 8);
        assert!(!kept.0.borrow().readings.contains_key("a"));
        // Too little to be worth it, and too much.
        for text in ["1\n", "1\n2\n3\n4\n5\n6\n"] {
            read(&[log(&kept, "d", text)]);
            assert!(!kept.0.borrow().readings.contains_key("d"));
        }
        assert_eq!(kept.turn(), 3);
    }
}
