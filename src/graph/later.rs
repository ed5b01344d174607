//! What is done after the node at hand: a list on the heap in place of calls inside of calls.
//!
//! Apart from the nodes because it is what lets chains of erased graphs be of any length: neither their backward nor
//! their end takes more of the stack than one of them does. Lists are linked through their items, so that putting
//! something off allocates nothing.

use std::cell::Cell;
use std::mem::ManuallyDrop;

/// Work that may wait, and its place in a list.
pub(crate) trait Later {
    /// Does it.
    fn run(self: Box<Self>);
    /// What stands below it.
    fn below(&mut self) -> &mut Option<Box<dyn Later>>;
}

/// Work in the order in which it is done, from the top.
#[derive(Default)]
struct List(Option<Box<dyn Later>>);

impl List {
    fn push(&mut self, mut item: Box<dyn Later>) {
        *item.below() = self.0.take();
        self.0 = Some(item);
    }

    fn pop(&mut self) -> Option<Box<dyn Later>> {
        let mut item = self.0.take()?;
        self.0 = item.below().take();
        Some(item)
    }

    /// Puts the items of another list on top of this one, the uppermost first: what was put off first is done first.
    fn push_all(&mut self, mut other: List) {
        while let Some(item) = other.pop() {
            self.push(item);
        }
    }
}

impl Drop for List {
    #[inline]
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}

/// A list of one thread.
struct Desk {
    /// Somebody up the stack works the list off.
    attended: Cell<bool>,
    list: Cell<Option<Box<dyn Later>>>,
    /// How many items were put on it so far.
    count: Cell<usize>,
}

/// Without a destructor, so that it is there as long as the thread is: graphs may end in destructors of the thread's
/// own variables. Nothing stays on a desk that nobody attends to, so that nothing is lost.
type OwnDesk = ManuallyDrop<Desk>;

const fn empty() -> OwnDesk {
    ManuallyDrop::new(Desk { attended: Cell::new(false), list: Cell::new(None), count: Cell::new(0) })
}

thread_local! {
    /// Backward that waits.
    static BACKWARD: OwnDesk = const { empty() };
    /// Erased graphs that were let go.
    static GONE: OwnDesk = const { empty() };
}

impl Desk {
    fn take(&self) -> List {
        List(self.list.take())
    }

    fn set(&self, mut list: List) {
        drop(List(self.list.replace(list.0.take())));
    }

    /// Gives an item back where nobody works the list off.
    fn put(&self, item: Box<dyn Later>) -> Option<Box<dyn Later>> {
        if !self.attended.get() {
            return Some(item);
        }
        let mut list = self.take();
        list.push(item);
        self.set(list);
        self.count.set(self.count.get() + 1);
        None
    }
}

/// Somebody who works a list off. The desk is as it was before when he goes, also by a panic.
struct Attendant<'a> {
    desk: &'a Desk,
    attended: bool,
    list: List,
    count: usize,
}

impl<'a> Attendant<'a> {
    fn new(desk: &'a Desk) -> Self {
        let (attended, count) = (desk.attended.replace(true), desk.count.replace(0));
        Attendant { desk, attended, list: desk.take(), count }
    }

    /// Does a piece of work. What it puts off goes on top, the first of it uppermost: the order of calls inside of
    /// calls.
    fn does(&self, work: impl FnOnce()) {
        let mut below = self.desk.take();
        work();
        below.push_all(self.desk.take());
        self.desk.set(below);
    }

    fn next(&self) -> Option<Box<dyn Later>> {
        let mut list = self.desk.take();
        let item = list.pop();
        self.desk.set(list);
        item
    }
}

impl Drop for Attendant<'_> {
    fn drop(&mut self) {
        self.desk.attended.set(self.attended);
        self.desk.count.set(self.count);
        self.desk.set(std::mem::take(&mut self.list));
    }
}

/// Runs `work` and all backward that it puts off.
pub(crate) fn complete(work: impl FnOnce()) {
    BACKWARD.with(|desk| {
        let attendant = Attendant::new(desk);
        attendant.does(work);
        while let Some(item) = attendant.next() {
            attendant.does(|| item.run());
        }
    });
}

/// Does a piece of backward after the node at hand, or at once where there is none.
pub(crate) fn put_off(item: Box<dyn Later>) {
    BACKWARD.with(|desk| {
        if let Some(item) = desk.put(item) {
            complete(|| item.run());
        }
    });
}

/// The moment before a part of a node's backward.
pub(crate) struct Before(usize);

impl Before {
    pub(crate) fn now() -> Self {
        Before(BACKWARD.with(|desk| desk.count.get()))
    }

    /// Whether nothing has been put off since then.
    pub(crate) fn is_done(&self) -> bool {
        Before::now().0 == self.0
    }

    /// Does `work` when all that was put off since then has been done: at once where that is nothing.
    pub(crate) fn then(self, work: impl FnOnce() + 'static) {
        if self.is_done() {
            work();
        } else {
            put_off(Box::new(Then { work, below: None }));
        }
    }
}

struct Then<F> {
    work: F,
    below: Option<Box<dyn Later>>,
}

impl<F: FnOnce()> Later for Then<F> {
    fn run(self: Box<Self>) {
        (self.work)();
    }
    fn below(&mut self) -> &mut Option<Box<dyn Later>> {
        &mut self.below
    }
}

/// Drops an erased graph; those inside of it one after the other.
pub(crate) fn let_go(item: Box<dyn Later>) {
    GONE.with(|desk| {
        let Some(item) = desk.put(item) else { return };
        let attendant = Attendant::new(desk);
        drop(item);
        while let Some(item) = attendant.next() {
            drop(item);
        }
    });
}
