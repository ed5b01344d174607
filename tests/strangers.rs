//! Tasks of others that rayon lets a thread do while it waits for the loops of a call: they are in none of its calls.

use congruent::model::next_key;
use congruent::prelude::*;
use congruent::random::Keys;
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

dims! { Many = ? }

/// Enough elements for several threads.
const LEN: usize = 1 << 18;
/// So many tasks wait for each other: the more, the likelier they meet. Without optimisation as many take minutes.
const TASKS: [usize; 2] = if cfg!(optimised) { [640, 1500] } else { [160, 400] };

fn in_a_pool<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(4).build().expect("threads").install(work)
}

#[test]
fn errors_of_strangers_are_panics_with_words() {
    let x: Tensor<(Many,)> = Cpu.full((Many(4 * LEN),), 1.5);
    let (a, zeros) = (Cpu.tensor([1, 2]), Cpu.tensor([1, 0]));
    let alone = |task: usize| match task % 2 {
        0 => attempt(|| (0..3).for_each(|_| drop((x.exp() + 1.0).eval()))).is_ok(),
        _ => {
            let panic =
                catch_unwind(AssertUnwindSafe(|| (&a / &zeros).eval())).map(|_| ()).expect_err("a division by 0");
            panic.downcast_ref::<String>().is_some_and(|words| words.contains("divided by 0"))
        }
    };
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let right = in_a_pool(|| (0..TASKS[0]).into_par_iter().filter(|&task| alone(task)).count());
    std::panic::set_hook(hook);
    assert_eq!(right, TASKS[0], "an error of a task was taken for one of the call below it");
}

#[test]
fn keys_of_a_step_are_its_own() {
    let x: Tensor<(Many,)> = Cpu.full((Many(LEN),), 1.5);
    let numbers = Cpu.from_fn((Many(LEN),), |i| i as i64 % 1021);
    // Each kind of loop that waits for other threads.
    let wait = |kind: usize| match kind % 4 {
        0 => drop((x.exp() + 1.0).eval()),
        1 => drop(numbers.sort().eval()),
        2 => drop((&numbers * 2).sum().eval()),
        _ => drop(numbers.argmax()),
    };
    let alone = |task: usize| match task % 2 {
        0 => with_key(Key::new(task as u64), || {
            let drawn = [0, 1, 2].map(|draw| {
                wait(task / 2 + draw);
                next_key()
            });
            drawn.to_vec() == Keys::new(task as u64).take(3).collect::<Vec<_>>()
        }),
        _ => attempt(next_key).is_err(),
    };
    let right = in_a_pool(|| (0..TASKS[1]).into_par_iter().filter(|&task| alone(task)).count());
    assert_eq!(right, TASKS[1], "a task drew keys of the step below it");
}
