//! Sizes that no memory holds: an error or a panic, and never memory that is shorter than it says.
#![forbid(unsafe_code)]

use attacks::survive;
use congruent::device::{Buf, DrawWork, Host, Storage};
use congruent::prelude::*;

dims! { Batch = ?, Rows = ? }

/// What wraps when it is multiplied by the size of an element, rounded up to a class, or has the head added to it.
const HUGE: [usize; 12] = [
    usize::MAX,
    usize::MAX - 1,
    usize::MAX - 63,
    usize::MAX - 127,
    1 << 63,
    (1 << 63) - 1,
    (1 << 62) - 1,
    1 << 62,
    (1 << 61) - 1,
    1 << 61,
    (1 << 60) + 1,
    1 << 60,
];

/// Nothing of this size can be made: an attempt ends in an error.
macro_rules! refused {
    ($($make:expr;)*) => {$(
        for n in HUGE {
            let made = attempt(|| $make(n));
            assert!(matches!(made, Err(Error::TooLarge { .. })), "{n} by {}: {:?}", stringify!($make), made.err());
        }
    )*};
}

#[test]
fn whole_tensors() {
    refused! {
        |n| Cpu.full((Batch(n),), false).len();
        |n| Cpu.full((Batch(n),), 1.5f32).len();
        |n| Cpu.full((Batch(n), D::<3>), 1.5f64).len();
        |n| Cpu.zeros_of::<u8, _>((Batch(n),)).len();
        |n| Cpu.zeros_of::<f64, _>((Batch(n), Rows(n))).len();
        |n| Cpu.ones_of::<bf16, _>((Batch(n),)).len();
        |n| Cpu.from_fn((Batch(n),), |i| i as i64).len();
        |n| Cpu.uniform((Batch(n),), Key::new(0), 0.0, 1.0).len();
        |n| Cpu.full((D::<1>,), 1.5f32).expand((Batch(n),)).eval().len();
        |n| Cpu.full((D::<1>,), 7i16).expand((Batch(n),)).eval().len();
        |n| (Cpu.full((D::<1>,), 1.5f32).expand((Batch(n),)) * 2.0).eval().len();
        |n| Cpu.full((D::<1>, D::<2>), 1.5f32).expand((Batch(n), D::<2>)).sum_axis::<1>().eval().len();
        |n| Cpu.full((D::<1>, D::<2>), 1.5f32).expand((Batch(n), D::<2>)).softmax().eval().len();
    }
}

#[test]
fn memory_of_a_device() {
    for n in HUGE {
        survive(|| assert_eq!(Cpu.slice(&Cpu.unwritten::<f32>(n)).last(), None));
        survive(|| assert_eq!(Cpu.slice(&Cpu.zeroed::<bool>(n)).last(), None));
        survive(|| assert_eq!(Cpu.slice(&Buf::<i64>::zeros(n)).last(), None));
        survive(|| assert_eq!(Cpu.slice(&Buf::from_fn(n, |_| panic!("room for {n} elements"))).last(), Some(&true)));
        survive(|| Cpu.slice(&Cpu.keep_mask::<f32>(Key::new(0), n, 0.5))[n - 1]);
        survive(|| Cpu.slice(&Cpu.drawn::<u8>(n, |_, _| panic!("room for {n} elements")))[n - 1]);
    }
}

#[test]
fn many_elements_around_an_axis_of_none() {
    let many = 1 << 40;
    let shape = (Batch(many), D::<0>, Rows(many));
    assert!(matches!(attempt(|| Cpu.zeros_of::<f32, _>(shape)), Err(Error::TooLarge { .. })));
    let none = Cpu.zeros_of::<f32, _>((Batch(many), D::<0>, D::<1>));
    let wide = || none.expand(shape);
    macro_rules! refused {
        ($($run:expr;)*) => {$(
            let found = attempt(|| $run);
            assert!(matches!(found, Err(Error::TooLarge { .. })), "{}: {:?}", stringify!($run), found.err());
        )*};
    }
    refused! {
        wide().eval().len();
        wide().sum_axis::<1>().eval().len();
        wide().max_axis::<1>().eval().len();
        wide().mean().eval().item();
        (wide() * 2.0).sum_axis::<1>().eval().len();
        wide().permute::<Axes![0, 2, 1]>().softmax().eval().len();
        wide().concat_as::<1, _, _>(&Cpu.full((Batch(many), D::<1>, Rows(many)), 1.0f32), |_| D::<1>).eval().len();
    }
}
