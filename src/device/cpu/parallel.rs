//! Sharing work among threads. What a task computes depends on sizes alone, so the bits of every result are the same
//! for any number of threads; only who computes it differs.

use crate::error::{Listening, heard_there, is_heard};
use crate::random::given;
use rayon::prelude::*;

/// Elements of work from which waking other threads pays: measured at 2 to 6 microseconds for two threads.
pub(super) const PARALLEL_FROM: usize = 1 << 16;

/// Calls `task` for each number below `count`, on several threads when there are `work` elements to touch.
pub(super) fn for_each(count: usize, work: usize, task: impl Fn(usize) + Sync + Send) {
    share(count, work, &task);
}

/// Calls `task` for each of these, on several threads when there are `work` elements to touch: tasks that own what they
/// write to. One thread alone does not gather them.
pub(super) fn for_each_of<T: Send>(
    tasks: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
    work: usize,
    task: impl Fn(T) + Sync,
) {
    let tasks = tasks.into_iter();
    if tasks.len() > 1 && work >= PARALLEL_FROM && rayon::current_num_threads() > 1 {
        let heard = is_heard();
        let tasks: Vec<T> = tasks.collect();
        waiting(|| tasks.into_par_iter().for_each(|own| heard_there(heard, || task(own))));
    } else {
        tasks.for_each(task);
    }
}

/// Not generic: every fused loop is one more type of task, and each would be compiled with a scheduler of its own.
fn share(count: usize, work: usize, task: &(dyn Fn(usize) + Sync)) {
    if count > 1 && work >= PARALLEL_FROM && rayon::current_num_threads() > 1 {
        let heard = is_heard();
        waiting(|| (0..count).into_par_iter().for_each(|number| heard_there(heard, || task(number))));
    } else {
        (0..count).for_each(task);
    }
}

/// Waits for work that is shared. Meanwhile rayon may let the thread do tasks of others, which know nothing of the
/// calls that it is in: neither who catches an error, nor the keys of a step.
pub(crate) fn waiting<T>(work: impl FnOnce() -> T) -> T {
    let _aside = (Listening::none(), given(None));
    work()
}

/// A pointer that tasks share; each writes its own part.
#[derive(Clone, Copy)]
pub(super) struct SharedPtr<T>(*mut T);

impl<T> SharedPtr<T> {
    pub(super) fn new(pointer: *mut T) -> Self {
        SharedPtr(pointer)
    }
    /// The pointer. A method, so that closures capture the wrapper and not its field.
    pub(super) fn get(self) -> *mut T {
        self.0
    }
}

// SAFETY: every user writes disjoint parts, as said where it is used.
#[expect(unsafe_code, reason = "tasks write disjoint parts of one buffer")]
unsafe impl<T> Send for SharedPtr<T> {}
// SAFETY: as above.
#[expect(unsafe_code, reason = "tasks write disjoint parts of one buffer")]
unsafe impl<T> Sync for SharedPtr<T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, raise};
    use std::panic::AssertUnwindSafe;

    #[test]
    fn errors_of_tasks_reach_the_caller() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("threads");
        let tasks = || {
            for_each(100, PARALLEL_FROM, |task| {
                if task % 7 == 6 {
                    raise(Error::no_room(task, size_of::<f32>()))
                }
            })
        };
        assert!(matches!(pool.install(|| crate::attempt(tasks)), Err(Error::TooLarge { .. })));
        assert!(matches!(crate::attempt(|| pool.install(tasks)), Err(Error::TooLarge { .. })));
        let unheard = std::panic::catch_unwind(AssertUnwindSafe(|| pool.install(tasks))).expect_err("nobody listened");
        assert!(unheard.downcast_ref::<String>().is_some_and(|words| words.contains("more than the system gives")));
        pool.install(|| assert!(!is_heard()));
    }
}
