//! Losses with labels that are far from the largest logit, with predictions that are right, and in two-byte floats.

use super::{near, wide};
use congruent::prelude::*;

dims! { Length = ? }

type Outcome = Result<(), congruent::Error>;

/// The loss and its gradient by one parameter, both wide.
macro_rules! loss {
    ($E:ty, $x:expr, |$w:ident| $run:expr) => {{
        let w: Param<_, Weights<$E>> = Cpu.tensor_of::<f64, _>($x).cast::<$E>().eval().into();
        let (loss, gradient) = w.value_and_grad(|$w| $run)?;
        (loss.as_f64(), wide(gradient.as_slice()))
    }};
}

const SOFTMAX: [f64; 3] = [0.09003057317038046, 0.24472847105479764, 0.6652409557748218];

#[test]
fn gradients_of_far_labels_are_softmax_minus_one_hot() -> Outcome {
    macro_rules! far {
        ($E:ty, $far:expr, $relative:expr) => {
            for far in $far {
                let what = format!("label at {far:e} of {}", stringify!($E));
                let wanted = [SOFTMAX[0], SOFTMAX[1], SOFTMAX[2], -1.0];
                let labels = &Cpu.tensor([3]);
                let target = &Cpu.tensor_of::<f64, _>([[0.0, 0.0, 0.0, 1.0]]).cast::<$E>().eval();
                let (value, found) = loss!($E, [[0.0, 1.0, 2.0, far]], |w| w.cross_entropy(labels));
                near(&what, &found, &wanted, $relative);
                near(&what, &[value], &[2.4076059644443806 - far], $relative);
                let (_, found) = loss!($E, [[0.0, 1.0, 2.0, far]], |w| w.log_softmax().nll(labels));
                near(&format!("nll, {what}"), &found, &wanted, $relative);
                let (_, found) = loss!($E, [[0.0, 1.0, 2.0, far]], |w| w.cross_entropy_probs(target));
                near(&format!("probabilities, {what}"), &found, &wanted, $relative);
                let (_, found) = loss!($E, [[0.0, 1.0, 2.0, far]], |w| w.focal(labels, 2.0));
                assert!(found.iter().all(|g| g.is_finite()), "focal, {what}: {found:?}");
                let (_, found) = loss!($E, [[0.0, 1.0, 2.0, far]], |w| w.logsumexp());
                near(&format!("logsumexp, {what}"), &found, &[SOFTMAX[0], SOFTMAX[1], SOFTMAX[2], 0.0], $relative);
                let smoothed: Vec<f64> =
                    wanted.iter().zip([0.0, 0.0, 0.0, 1.0]).map(|(w, hot)| (w + hot) - (0.9 * hot + 0.025)).collect();
                let (_, found) = loss!($E, [[0.0, 1.0, 2.0, far]], |w| w.cross_entropy_smoothed(labels, 0.1));
                near(&format!("smoothed, {what}"), &found, &smoothed, 3.0 * $relative);
            }
        };
    }
    far!(f32, [-100.0, -1e4, -1e6, -1e9, -1e30], 1e-5);
    far!(f64, [-100.0, -1e4, -1e9, -1e200], 1e-12);
    far!(f16, [-100.0, -1000.0, -60000.0], 2e-3);
    far!(bf16, [-100.0, -1000.0, -1e9, -1e30], 1e-2);
    Ok(())
}

#[test]
fn large_logits_cost_no_digits_of_the_softmax() -> Outcome {
    for shift in [1000.0, -1000.0] {
        let row = [[shift, shift + 1.0, shift + 2.0]];
        let wanted = [SOFTMAX[0], SOFTMAX[1], SOFTMAX[2] - 1.0];
        near("f16", &loss!(f16, row, |w| w.cross_entropy(&Cpu.tensor([2]))).1, &wanted, 2e-3);
        near("f32", &loss!(f32, row, |w| w.cross_entropy(&Cpu.tensor([2]))).1, &wanted, 1e-5);
        near("logsumexp, f16", &loss!(f16, row, |w| w.logsumexp()).1, &SOFTMAX, 2e-3);
    }
    let row = [[256.0, 258.0, 260.0]]; // as far apart as bf16 holds them
    let total = 1.0 + (-2f64).exp() + (-4f64).exp();
    let wanted = [(-4f64).exp() / total, (-2f64).exp() / total, 1.0 / total];
    near("logsumexp, bf16", &loss!(bf16, row, |w| w.logsumexp()).1, &wanted, 1e-2);
    Ok(())
}

#[test]
fn masked_logits() -> Outcome {
    let masked = f64::NEG_INFINITY;
    let (value, slope) = loss!(f32, [[0.0, masked, 1.0, 2.0]], |w| w.cross_entropy(&Cpu.tensor([3])));
    near("cross entropy", &[value], &[0.4076059644443804], 1e-6);
    near("cross entropy", &slope, &[SOFTMAX[0], 0.0, SOFTMAX[1], SOFTMAX[2] - 1.0], 1e-5);
    let target = &Cpu.tensor([[0.0, 0.0, 0.0, 1.0]]);
    let (value, slope) = loss!(f32, [[0.0, masked, 1.0, 2.0]], |w| w.cross_entropy_probs(target));
    near("probabilities", &[value], &[0.4076059644443804], 1e-6);
    near("probabilities", &slope, &[SOFTMAX[0], 0.0, SOFTMAX[1], SOFTMAX[2] - 1.0], 1e-5);
    let (value, slope) = loss!(f32, [[0.0, masked]], |w| w.cross_entropy(&Cpu.tensor([1])));
    assert_eq!((value, slope), (f64::INFINITY, vec![1.0, -1.0]));
    let (value, slope) = loss!(f32, [masked, masked], |w| w.logsumexp());
    assert_eq!((value, slope), (masked, vec![0.0, 0.0]));
    let (value, slope) = loss!(f32, [f64::INFINITY, 1.0, f64::INFINITY], |w| w.logsumexp());
    assert_eq!((value, slope), (f64::INFINITY, vec![0.5, 0.0, 0.5]));
    Ok(())
}

#[test]
fn focal_losses_of_what_is_right_already() -> Outcome {
    for gamma in [0.0, 0.25, 0.5, 1.0, 2.0] {
        for sure in [10.0, 20.0, 50.0, 200.0, 1e4] {
            let (value, slope) = loss!(f32, [[sure, 0.0]], |w| w.focal(&Cpu.tensor([0]), gamma));
            let (binary, other) = loss!(f32, [sure], |w| w.focal_with_logits(&Cpu.tensor([1.0]), gamma));
            let missed = (-sure).exp() / (1.0 + (-sure).exp());
            let entropy = (-sure).exp().ln_1p();
            let wanted = missed.powf(gamma) * entropy;
            assert!(
                (value - wanted).abs() < 1e-6 && (binary - wanted).abs() <= 1e-5 * wanted + 1e-44,
                "{gamma} {sure}"
            );
            // d/dx of m^g H, where dm/dx = -m (1 - m) and dH/dx = -m
            let by = -missed.powf(gamma) * (gamma * (1.0 - missed) * entropy + missed);
            assert!(
                (slope[0] - by).abs() < 1e-6 && (slope[1] + by).abs() < 1e-6,
                "{gamma} {sure}: {slope:?}, wanted {by}"
            );
            assert!((other[0] - by).abs() <= 1e-5 * by.abs() + 1e-44, "{gamma} {sure}: {other:?}, wanted {by}");
        }
        let (_, slope) = loss!(f16, [[20.0, 0.0]], |w| w.focal(&Cpu.tensor([0]), gamma));
        assert!(slope.iter().all(|g| g.abs() < 1e-3), "{gamma}: {slope:?}");
        let (_, slope) = loss!(f32, [[f64::NEG_INFINITY, 0.0]], |w| w.log_softmax().focal(&Cpu.tensor([1]), gamma));
        assert!(slope.iter().all(|g| *g == 0.0), "{gamma}: {slope:?}");
    }
    Ok(())
}

#[test]
fn log_odds_of_any_size() -> Outcome {
    let inf = f64::INFINITY;
    for (x, y, value, slope) in [
        (1e4, 0.0, 1e4, 1.0),
        (-1e4, 1.0, 1e4, -1.0),
        (1e4, 1.0, 0.0, 0.0),
        (-1e4, 0.0, 0.0, 0.0),
        (inf, 1.0, 0.0, 0.0),
        (-inf, 0.0, 0.0, 0.0),
        (inf, 0.0, inf, 1.0),
    ] {
        let what = format!("log-odds {x} of {y}");
        let found = loss!(f32, [x], |w| w.bce_with_logits(&Cpu.tensor([y as f32])));
        near(&what, &[found.0, found.1[0]], &[value, slope], 1e-6);
        let found = loss!(f64, [x], |w| w.bce_with_logits(&Cpu.tensor_of::<f64, _>([y])));
        near(&what, &[found.0, found.1[0]], &[value, slope], 1e-12);
    }
    let found = loss!(f32, [-inf], |w| w.poisson_nll(&Cpu.tensor([0.0])));
    assert_eq!(found, (0.0, vec![0.0]));
    let variance = &Cpu.tensor([1e30]);
    let found = loss!(f32, [1e20], |w| w.gaussian_nll(&Cpu.tensor([0.0]), variance, 1e-6));
    near("gaussian_nll", &[found.0, found.1[0]], &[0.5 * (1e30f64.ln() + 1e10), 1e-10], 1e-5);
    Ok(())
}

#[test]
fn triplets_in_two_bytes() -> Outcome {
    let far = &Cpu.tensor_of::<f64, _>([[1.0, 2.5]]);
    let same = &Cpu.tensor_of::<f64, _>([[1.0, 2.0]]);
    let root = 0.5f64.sqrt();
    let (same16, far16) = (&same.cast::<f16>().eval(), &far.cast::<f16>().eval());
    near("f16", &loss!(f16, [[1.0, 2.0]], |w| w.triplet_margin(same16, far16, 1.0)).1, &[root, 1.0 + root], 2e-3);
    let (same16, far16) = (&same.cast::<bf16>().eval(), &far.cast::<bf16>().eval());
    near("bf16", &loss!(bf16, [[1.0, 2.0]], |w| w.triplet_margin(same16, far16, 1.0)).1, &[root, 1.0 + root], 1e-2);
    let large = &Cpu.tensor_of::<f64, _>([[500.0, 0.0]]).cast::<f16>().eval();
    let zero = &Cpu.tensor_of::<f64, _>([[0.0, 0.0]]).cast::<f16>().eval();
    let (value, slope) = loss!(f16, [[300.0, 400.0]], |w| w.triplet_margin(zero, large, 0.0));
    near("squares that f16 does not hold", &[value], &[500.0 - 200000f64.sqrt()], 2e-2);
    near("their gradient", &slope, &[0.6 + 200.0 / 200000f64.sqrt(), 0.8 - 400.0 / 200000f64.sqrt()], 2e-2);
    for by in [1e20, 1e-20] {
        let other = &(&Cpu.tensor([[0.0, 4.0]]) * by).eval();
        let (value, slope) =
            loss!(f32, [[3.0 * by, 0.0]], |w| w.triplet_margin(other, &Cpu.zeros::<Shape![1, 2]>(), 0.0));
        if by > 1.0 {
            near("far triplets", &[value / by], &[2.0], 1e-5);
            near("far triplets", &slope, &[-0.4, -0.8], 1e-5);
        } else {
            assert!(value.is_finite() && slope.iter().all(|g| g.is_finite()), "{value} {slope:?}");
        }
    }
    Ok(())
}

#[test]
fn sums_that_two_bytes_do_not_hold() -> Outcome {
    let x: Tensor<Shape![1000, 2], f16> = Cpu.from_fn((D::<1000>, D::<2>), |i| f16::of_f64([0.0, -200.0][i % 2]));
    let target: Tensor<Shape![1000, 2], f16> = Cpu.from_fn((D::<1000>, D::<2>), |i| f16::of_f64([0.0, 1.0][i % 2]));
    near("kl_div", &[x.kl_div(&target).eval().item().as_f64()], &[200.0], 1e-3);
    near("cross_entropy_probs", &[x.cross_entropy_probs(&target).eval().item().as_f64()], &[200.0], 1e-3);
    let labels: Tensor<Shape![1000], i64> = Cpu.full((D::<1000>,), 1i64);
    near("multi_margin", &[x.multi_margin(&labels, 1.0).eval().item().as_f64()], &[100.5], 1e-3);
    near("cross_entropy", &[x.cross_entropy(&labels).eval().item().as_f64()], &[200.0], 1e-3);
    Ok(())
}

/// A score without bounds: the slope is the one that comes near to it, not `inf · 0`.
#[test]
fn scores_without_bounds() -> Outcome {
    let inf = f64::INFINITY;
    macro_rules! slopes {
        ($E:ty) => {{
            let one = |y: f64| Cpu.full((D::<1>,), <$E>::of_f64(y));
            for y in [1.0, -1.0] {
                let (y1, x) = (&one(y), y * inf);
                assert_eq!(loss!($E, [x], |w| w.soft_margin(y1)), (0.0, vec![0.0]), "soft margin");
                assert_eq!(loss!($E, [-x], |w| w.soft_margin(y1)), (inf, vec![-y]), "soft margin");
                assert_eq!(loss!($E, [x], |w| w.hinge(y1)), (0.0, vec![0.0]), "hinge");
                assert_eq!(loss!($E, [-x], |w| w.hinge(y1)), (inf, vec![-y]), "hinge");
                let zero = &one(0.0);
                assert_eq!(loss!($E, [x], |w| w.margin_ranking(zero, y1, 0.5)), (0.0, vec![0.0]), "ranking");
                assert_eq!(loss!($E, [-x], |w| w.margin_ranking(zero, y1, 0.5)), (inf, vec![-y]), "ranking");
                assert_eq!(loss!($E, [-x], |w| zero.margin_ranking(w, y1, 0.5)), (0.0, vec![0.0]), "ranking");
                assert_eq!(loss!($E, [x], |w| zero.margin_ranking(w, y1, 0.5)), (inf, vec![y]), "ranking");
                // The target may be one that is learned.
                let score = &one(x);
                assert_eq!(loss!($E, [y], |w| score.soft_margin(w)), (0.0, vec![0.0]), "soft margin");
                assert_eq!(loss!($E, [y], |w| score.hinge(w)), (0.0, vec![0.0]), "hinge");
                for gamma in [0.0, 0.5, 1.0, 2.0] {
                    let (right, wrong) = (&one(f64::from(y > 0.0)), &one(f64::from(y < 0.0)));
                    let found = loss!($E, [x], |w| w.focal_with_logits(right, gamma));
                    assert_eq!(found, (0.0, vec![0.0]), "focal {gamma}");
                    let found = loss!($E, [x], |w| w.focal_with_logits(wrong, gamma));
                    assert_eq!(found, (inf, vec![y]), "focal {gamma}");
                }
            }
        }};
    }
    let zero = &Cpu.tensor([0.0]);
    for x in [inf, -inf] {
        let outcome = (inf, vec![x.signum()]);
        assert_eq!(loss!(f32, [x], |w| w.l1(zero)), outcome, "l1");
        assert_eq!(loss!(f32, [x], |w| w.smooth_l1(zero, 1.0)), outcome, "smooth l1");
        assert_eq!(loss!(f32, [x], |w| w.smooth_l1(zero, 0.0)), outcome, "smooth l1 without a parabola");
        assert_eq!(loss!(f32, [x], |w| w.huber(zero, 1.0)), outcome, "huber");
        assert_eq!(loss!(f32, [x], |w| w.mse(zero)), (inf, vec![x]), "mse");
    }
    assert_eq!(loss!(f32, [inf], |w| w.poisson_nll(&Cpu.tensor([2.0]))), (inf, vec![inf]), "poisson");
    slopes!(f32);
    slopes!(f64);
    slopes!(f16);
    slopes!(bf16);
    Ok(())
}

/// What leaves the range half-way to a loss inside.
#[test]
fn losses_near_the_end_of_their_type() -> Outcome {
    let zero = &Cpu.tensor([0.0]);
    let (value, slope) = loss!(f32, [2e16], |w| w.gaussian_nll(zero, &Cpu.tensor([1e-6]), 1e-6));
    near("gaussian_nll", &[value, slope[0]], &[2e38, 2e22], 1e-5);
    let (_, slope) = loss!(f32, [1e30], |w| Cpu.tensor([1e35]).gaussian_nll(zero, w, 1e-6));
    near("gaussian_nll by the variance", &slope, &[-5e9], 1e-5);
    let (_, slope) = loss!(f64, [1e200], |w| Cpu.tensor_of::<f64, _>([1e210]).gaussian_nll(
        &Cpu.tensor_of::<f64, _>([0.0]),
        w,
        1e-6
    ));
    near("gaussian_nll by the variance", &slope, &[-5e19], 1e-12);
    for classes in [1, 2, 7, 17, 1021] {
        let far = |end: f64| move |i: usize| if i.is_multiple_of(2) { end } else { -end };
        let others = 2.0 * (classes / 2) as f64 / classes as f64;
        let labels = &Cpu.tensor([0]);
        let x = Cpu.from_fn((D::<1>, Length(classes)), |i| far(3e38)(i) as f32);
        let found = x.cross_entropy_smoothed(labels, 0.1).eval().item();
        let even = ((classes - classes / 2) as f64).ln();
        near(&format!("{classes} classes"), &[found.into()], &[0.1 * 3e38 * others + even], 1e-5);
        let x = Cpu.from_fn((D::<1>, Length(classes)), |i| far(1.7e308)(i));
        let found = x.cross_entropy_smoothed(labels, 0.1).eval().item();
        near(&format!("{classes} classes"), &[found], &[0.1 * 1.7e308 * others + even], 1e-10);
        let x = Cpu.from_fn((D::<1>, Length(classes)), |i| f16::of_f64(far(6e4)(i)));
        let found = x.cross_entropy_smoothed(labels, 0.1).eval().item();
        near(&format!("{classes} classes"), &[found.as_f64()], &[0.1 * 6e4 * others + even], 2e-3);
    }
    Ok(())
}
