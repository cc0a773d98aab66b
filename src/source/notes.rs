//! What was found out about a file once, for all who read spans of it.

use super::File;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// Notes about a file, at most one of each type.
#[derive(Default)]
pub struct Notes(RefCell<Vec<Rc<dyn Any>>>);

/// What `make` says of a file. Where only a span of it is read it is asked once for all spans, as far as the file
/// keeps notes: it must say the same of each.
pub fn noted<T: 'static>(file: &dyn File, make: impl FnOnce() -> T) -> Rc<T> {
    let Some(Notes(notes)) = file.notes().filter(|_| file.span().is_some()) else {
        return Rc::new(make());
    };
    let same_type = |note: &Rc<dyn Any>| Rc::clone(note).downcast().ok();
    let known = notes.borrow().iter().find_map(same_type);
    known.unwrap_or_else(|| {
        let made = Rc::new(make());
        notes.borrow_mut().push(Rc::clone(&made) as Rc<dyn Any>);
        made
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileSpan, ReadSeek, Span};
    use std::io;

    struct Noting(Notes);

    impl File for Noting {
        fn path(&self) -> &'static str {
            "runs.csv"
        }

        fn len_bytes(&self) -> u64 {
            0
        }

        fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
            Ok(Box::new(io::Cursor::new([])))
        }

        fn notes(&self) -> Option<&Notes> {
            Some(&self.0)
        }
    }

    #[test]
    fn spans_of_a_file_share_what_was_noted_of_it() {
        let file = Noting(Notes::default());
        let span = |from| Span {
            from,
            to: from + 1,
            is_exact: true,
        };
        // What is read whole is read once: nothing is kept for others.
        assert_eq!(*noted(&file, || 1), 1);
        assert_eq!(*noted(&FileSpan::new(&file, span(0)), || 2), 2);
        assert_eq!(*noted(&FileSpan::new(&file, span(1)), || 3), 2);
        assert_eq!(*noted(&FileSpan::new(&file, span(1)), || "text"), "text");
        let other = Noting(Notes::default());
        assert_eq!(*noted(&FileSpan::new(&other, span(1)), || 4), 4);
    }
}
