//! Signals, memos, stored values, effects and `Show` whose code is made once, whatever they hold.
//!
//! Those of `reactive_graph` are generic, and all that they do is compiled again for each type that is held and each closure
//! that is given: an eighth of the page. Here each holds a `dyn Any`, so that they are compiled for that alone; what is left to
//! each type is a cast that cannot fail. They have the names and the methods of those that they stand for, as far as the page
//! calls them, and come with `leptos`'s own prelude.

pub use leptos::prelude::*;
use leptos::prelude::{
    Effect as AnyEffect, Memo as AnyMemo, RwSignal as AnySignal, StoredValue as AnyValue,
};
use std::any::Any;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// What a signal holds.
type Held = Box<dyn Any + Send + Sync>;

/// What a stored value holds.
type Kept = Box<dyn Any>;

/// What is done by a hand or a key, behind a pointer: an element's handler is compiled for the kind of event alone.
pub mod by {
    use leptos::ev;

    macro_rules! handler {
        ($name:ident, $event:ty, $words:literal) => {
            #[doc = $words]
            pub fn $name(act: impl FnMut($event) + 'static) -> Box<dyn FnMut($event)> {
                Box::new(act)
            }
        };
    }

    handler!(mouse, ev::MouseEvent, "For presses.");
    handler!(pointer, ev::PointerEvent, "For what a pointer does.");
    handler!(key, ev::KeyboardEvent, "For keys.");
    handler!(focus, ev::FocusEvent, "For the focus that comes and goes.");
    handler!(drag, ev::DragEvent, "For what is dragged.");
    handler!(submit, ev::SubmitEvent, "For forms.");
    handler!(wheel, ev::WheelEvent, "For wheels.");
    handler!(any, web_sys::Event, "For all other events.");
}

/// Gives a handle the traits of one, whatever is behind it.
macro_rules! handle {
    ($name:ident) => {
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<T> {}
    };
}

/// Gives what can be followed the ways to read it that are the same whatever holds it.
macro_rules! followed {
    ($name:ident: $($bound:tt)+) => {
        impl<T: $($bound)+> $name<T> {
            /// A copy of what it holds, followed.
            pub fn get(&self) -> T
            where
                T: Clone,
            {
                self.with(T::clone)
            }

            /// A copy of what it holds, not followed.
            pub fn get_untracked(&self) -> T
            where
                T: Clone,
            {
                self.with_untracked(T::clone)
            }

            /// Follows it without reading.
            pub fn track(&self) {
                self.held.track();
            }
        }
    };
}

/// A value that whoever reads it follows.
pub struct RwSignal<T> {
    held: AnySignal<Held>,
    of: PhantomData<fn() -> T>,
}

handle!(RwSignal);
followed!(RwSignal: Send + Sync + 'static);

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// Holding this value.
    pub fn new(value: T) -> Self {
        Self {
            held: signal_of(Box::new(value)),
            of: PhantomData,
        }
    }

    /// What it holds, read and followed.
    pub fn with<O>(&self, look: impl FnOnce(&T) -> O) -> O {
        look(cast(&**read(self.held)))
    }

    /// What it holds, read and not followed.
    pub fn with_untracked<O>(&self, look: impl FnOnce(&T) -> O) -> O {
        look(cast(&**read_untracked(self.held)))
    }

    /// `None` where its owner is gone.
    pub fn try_get_untracked(&self) -> Option<T>
    where
        T: Clone,
    {
        let held = self.held.try_read_untracked()?;
        Some(cast::<T>(&**held).clone())
    }

    /// Holds this from now on, and tells whoever follows.
    pub fn set(&self, value: T) {
        self.update(|held| *held = value);
    }

    /// Holds this from now on; whoever follows hears of it by [`Self::tell`].
    pub fn set_untold(&self, value: T) {
        // Nobody else writes meanwhile, and the page outlives what it holds for good.
        if let Some(mut held) = write_untold(&self.held) {
            *cast_mut(&mut **held) = value;
        }
    }

    /// Tells whoever follows.
    pub fn tell(&self) {
        self.held.notify();
    }

    /// Changes what it holds, and tells whoever follows.
    pub fn update(&self, change: impl FnOnce(&mut T)) {
        let mut held = write(&self.held);
        change(cast_mut(&mut **held));
    }

    /// The value back where the owner is gone.
    pub fn try_set(&self, value: T) -> Option<T> {
        let mut value = Some(value);
        self.try_update(|held| {
            if let Some(value) = value.take() {
                *held = value;
            }
        });
        value
    }

    /// `None` where its owner is gone.
    pub fn try_update<O>(&self, change: impl FnOnce(&mut T) -> O) -> Option<O> {
        let mut held = try_write(&self.held)?;
        Some(change(cast_mut(&mut **held)))
    }
}

impl<T: Default + Send + Sync + 'static> Default for RwSignal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

/// A value that is worked out from others, and followed where it changes.
pub struct Memo<T> {
    held: AnyMemo<Compared>,
    of: PhantomData<fn() -> T>,
}

handle!(Memo);
followed!(Memo: PartialEq + Send + Sync + 'static);

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// What this works out, given what it worked out before.
    pub fn new(work_out: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        let work_out = move |before: Option<&Compared>| Compared {
            value: Arc::new(work_out(before.map(|before| cast(&*before.value)))),
            is_same: |a, b| cast::<T>(a) == cast::<T>(b),
        };
        Self {
            held: memo_of(Box::new(work_out)),
            of: PhantomData,
        }
    }

    /// What was worked out, read and followed.
    pub fn with<O>(&self, look: impl FnOnce(&T) -> O) -> O {
        look(cast(&*worked_out(self.held)))
    }

    /// What was worked out, read and not followed.
    pub fn with_untracked<O>(&self, look: impl FnOnce(&T) -> O) -> O {
        look(cast(&*worked_out_untracked(self.held)))
    }

    /// `None` where its owner is gone.
    pub fn try_get_untracked(&self) -> Option<T>
    where
        T: Clone,
    {
        let held = self.held.try_get_untracked()?;
        Some(cast::<T>(&*held.value).clone())
    }
}

/// How a memo's value is worked out.
type WorkOut = Box<dyn Fn(Option<&Compared>) -> Compared + Send + Sync>;

/// What a memo holds, and how it is told whether it changed.
#[derive(Clone)]
struct Compared {
    value: Arc<dyn Any + Send + Sync>,
    is_same: fn(&dyn Any, &dyn Any) -> bool,
}

impl PartialEq for Compared {
    fn eq(&self, other: &Self) -> bool {
        (self.is_same)(&*self.value, &*other.value)
    }
}

/// A value that nobody follows.
pub struct StoredValue<T> {
    kept: AnyValue<Kept, LocalStorage>,
    of: PhantomData<fn() -> T>,
}

handle!(StoredValue);

impl<T: 'static> StoredValue<T> {
    /// Keeping this value.
    pub fn new(value: T) -> Self {
        Self {
            kept: value_of(Box::new(value)),
            of: PhantomData,
        }
    }

    /// What it keeps, read.
    pub fn with_value<O>(&self, look: impl FnOnce(&T) -> O) -> O {
        look(cast(&**look_up(self.kept)))
    }

    /// `None` where its owner is gone.
    pub fn try_with_value<O>(&self, look: impl FnOnce(&T) -> O) -> Option<O> {
        let kept = self.kept.try_read_value()?;
        Some(look(cast(&**kept)))
    }

    /// `None` where its owner is gone.
    pub fn try_get_value(&self) -> Option<T>
    where
        T: Clone,
    {
        self.try_with_value(T::clone)
    }

    /// Changes what it keeps; nothing where its owner is gone.
    pub fn update_value(&self, change: impl FnOnce(&mut T)) {
        let _changed = self.try_update_value(change);
    }

    /// `None` where its owner is gone.
    pub fn try_update_value<O>(&self, change: impl FnOnce(&mut T) -> O) -> Option<O> {
        let mut kept = try_change(&self.kept)?;
        Some(change(cast_mut(&mut **kept)))
    }

    /// A copy of what it keeps.
    pub fn get_value(&self) -> T
    where
        T: Clone,
    {
        self.with_value(T::clone)
    }

    /// Keeps this from now on.
    pub fn set_value(&self, value: T) {
        self.update_value(|kept| *kept = value);
    }
}

impl<T: Default + 'static> Default for StoredValue<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

/// What is done again whenever something that it reads changes.
pub struct Effect;

impl Effect {
    /// It is given what it gave the last time.
    #[expect(
        clippy::new_ret_no_self,
        reason = "it is called as leptos's is, whose handle the page has no use for"
    )]
    pub fn new<T: 'static>(mut act: impl FnMut(Option<T>) -> T + 'static) {
        let mut before = None;
        effect_of(Box::new(move || before = Some(act(before.take()))));
    }
}

/// What is there while a condition holds, and else something else.
#[component(transparent)]
pub fn Show<W>(
    /// What is there.
    children: ChildrenFn,
    /// Whether it holds.
    when: W,
    /// What is there else.
    #[prop(optional, into)]
    fallback: ViewFn,
) -> impl IntoView
where
    W: Fn() -> bool + Send + Sync + 'static,
{
    shown_while(Box::new(when), children, fallback)
}

fn shown_while(
    when: Box<dyn Fn() -> bool + Send + Sync>,
    children: ChildrenFn,
    fallback: ViewFn,
) -> AnyView {
    let when = Memo::new(move |_| when());
    let shown = move || {
        if when.get() {
            children()
        } else {
            fallback.run()
        }
    };
    shown.into_any()
}

#[inline(never)]
fn signal_of(value: Held) -> AnySignal<Held> {
    AnySignal::new(value)
}

#[inline(never)]
fn read(signal: AnySignal<Held>) -> impl Deref<Target = Held> {
    signal.read()
}

#[inline(never)]
fn read_untracked(signal: AnySignal<Held>) -> impl Deref<Target = Held> {
    signal.read_untracked()
}

#[inline(never)]
fn write(signal: &AnySignal<Held>) -> impl DerefMut<Target = Held> {
    signal.write()
}

#[inline(never)]
fn write_untold(signal: &AnySignal<Held>) -> Option<impl DerefMut<Target = Held>> {
    signal.try_write_untracked()
}

#[inline(never)]
fn try_write(signal: &AnySignal<Held>) -> Option<impl DerefMut<Target = Held>> {
    signal.try_write()
}

#[inline(never)]
fn memo_of(work_out: WorkOut) -> AnyMemo<Compared> {
    AnyMemo::new(work_out)
}

#[inline(never)]
fn worked_out(memo: AnyMemo<Compared>) -> Arc<dyn Any + Send + Sync> {
    memo.get().value
}

#[inline(never)]
fn worked_out_untracked(memo: AnyMemo<Compared>) -> Arc<dyn Any + Send + Sync> {
    memo.get_untracked().value
}

#[inline(never)]
fn value_of(value: Kept) -> AnyValue<Kept, LocalStorage> {
    AnyValue::new_local(value)
}

#[inline(never)]
fn look_up(value: AnyValue<Kept, LocalStorage>) -> impl Deref<Target = Kept> {
    value.read_value()
}

#[inline(never)]
fn try_change(value: &AnyValue<Kept, LocalStorage>) -> Option<impl DerefMut<Target = Kept>> {
    value.try_write_value()
}

#[inline(never)]
fn effect_of(mut act: Box<dyn FnMut()>) {
    AnyEffect::new(move |_| act());
}

/// What is held, as what it was made of.
fn cast<T: 'static>(held: &dyn Any) -> &T {
    match held.downcast_ref() {
        Some(value) => value,
        None => unreachable!("a handle's type is that of what it was made with"),
    }
}

/// The same, to be changed.
fn cast_mut<T: 'static>(held: &mut dyn Any) -> &mut T {
    match held.downcast_mut() {
        Some(value) => value,
        None => unreachable!("a handle's type is that of what it was made with"),
    }
}
