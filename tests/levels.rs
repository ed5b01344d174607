//! What is the same to the bit on other processors: a training run on the portable level.
//!
//! Apart from `threads.rs` because the level is a variable of the process: each run is a process of its own.

use congruent::prelude::*;
use std::process::Command;

/// A perceptron whose products are small and large, thin and square.
#[derive(Model)]
struct Net<P: Part = Weights> {
    first: Linear<D<37>, D<300>, P>,
    second: Linear<D<300>, D<300>, P>,
    last: Linear<D<300>, D<10>, P>,
}

impl<P: Forward> Net<P> {
    fn forward(self, x: impl Expr<Shape![300, 37], P>) -> Ex![P; 300, 10] {
        let hidden = self.first.forward(x).gelu();
        self.last.forward(self.second.forward(hidden).tanh())
    }
}

/// Three steps of AdamW, and a number of all bits of the losses and of what has been learnt.
fn train() -> u64 {
    let [first, second, last] = [1, 2, 3].map(Key::new);
    let mut model = Net { first: Linear::new(first), second: Linear::new(second), last: Linear::new(last) };
    let mut optimizer = AdamW::new(&model, 1e-2);
    let x: Tensor<Shape![300, 37]> = Cpu.normal(Default::default(), Key::new(4), 0.0, 1.0);
    let labels = Cpu.from_fn((D::<300>,), |i| i as i64 % 10);
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut add = |bits: u32| hash = (hash ^ u64::from(bits)).wrapping_mul(0x100_0000_01b3);
    for _ in 0..3 {
        let (loss, grads) = model.value_and_grad(|m| m.forward(&x).cross_entropy(&labels)).unwrap();
        add(loss.to_bits());
        optimizer.step(&mut model, &grads);
    }
    let out = model.infer(|m| m.forward(&x).eval()).unwrap();
    out.as_slice().iter().for_each(|y| add(y.to_bits()));
    hash
}

/// What [`train`] gives on the portable level, wherever it was compiled for the processors that all have in common.
const PORTABLE: u64 = 0x5657_6018_b8cb_32ea;

#[test]
#[ignore = "run by the others, with a level of their choice"]
fn one_run() {
    println!("hash {:x}", train());
}

/// The hash of a run in a process of its own.
fn run(level: &str, threads: &str) -> u64 {
    let mut child = Command::new(std::env::current_exe().expect("the test's path"));
    child.env("CONGRUENT_LANES", level).env("RAYON_NUM_THREADS", threads);
    let out = child.args(["--exact", "--ignored", "--nocapture", "one_run"]).output().expect("this test again");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let hash = text.split("hash ").nth(1).and_then(|rest| rest.split_whitespace().next());
    u64::from_str_radix(hash.unwrap_or_else(|| panic!("no hash: {text}")), 16).expect("a number")
}

#[test]
fn the_portable_level_gives_the_same_bits_everywhere() {
    let (one, three) = (run("portable", "1"), run("portable", "3"));
    assert_eq!(one, three, "the number of threads shows");
    if cfg!(all(target_arch = "x86_64", not(target_feature = "fma"))) {
        assert_eq!(format!("{one:x}"), format!("{PORTABLE:x}"), "other bits than on other machines");
    }
}

#[test]
fn each_level_gives_its_own_bits_for_any_number_of_threads() {
    for level in ["avx2", "avx512"] {
        assert_eq!(run(level, "1"), run(level, "3"), "{level}");
    }
}
