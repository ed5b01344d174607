//! Random elements and masks, from the indexed stream of a key.
//!
//! Tasks have a fixed size: no element depends on another, so any part can be drawn alone.

use super::parallel::{SharedPtr, for_each};
use super::unwritten;
use crate::dtype::{Elem, Real};
use crate::memory::Buf;
use crate::random::Key;

/// Elements of a task.
const TASK: usize = 1 << 14;
/// Elements drawn at once, on the stack.
const CHUNK: usize = 1 << 8;

/// Elements of which `fill` writes a part, given the number of its first one.
pub(in crate::device) fn drawn<E: Elem>(len: usize, fill: &(dyn Fn(u64, &mut [E]) + Sync)) -> Buf<E> {
    filled(Buf::zeros(len), fill)
}

/// The buffer, written anew.
#[expect(unsafe_code, reason = "tasks write disjoint parts of one buffer")]
fn filled<E: Elem>(mut buf: Buf<E>, fill: &(dyn Fn(u64, &mut [E]) + Sync)) -> Buf<E> {
    let len = buf.len();
    let out = SharedPtr::new(buf.make_mut().as_mut_ptr());
    for_each(len.div_ceil(TASK), len, |task| {
        let (from, to) = (task * TASK, len.min((task + 1) * TASK));
        // SAFETY: tasks are disjoint ranges of the buffer, which outlives them.
        let part = unsafe { std::slice::from_raw_parts_mut(out.get().add(from), to - from) };
        fill(from as u64, part);
    });
    buf
}

/// 1, or 0 with probability `p`.
pub(in crate::device) fn keep_mask<E: Real>(key: Key, len: usize, p: f64) -> Buf<E> {
    let (threshold, one) = (p as f32, E::of_f64(1.0));
    filled(unwritten(len), &|first, part| {
        let mut drawn = [0.0; CHUNK];
        for (place, chunk) in (first..).step_by(CHUNK).zip(part.chunks_mut(CHUNK)) {
            let drawn = &mut drawn[..chunk.len()];
            key.fill_uniform_from(place, drawn);
            for (kept, &number) in chunk.iter_mut().zip(drawn.iter()) {
                *kept = if number < threshold { E::default() } else { one };
            }
        }
    })
}
