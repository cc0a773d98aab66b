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
