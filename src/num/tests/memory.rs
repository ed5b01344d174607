//! Loads, stores and what else a lane does with single elements.

use super::at_each_level;
use crate::elements::for_each_half;
use crate::num::{Kernel, Lane, Simd, dispatch};

/// What a lane must do, with elements 1, 2, 3, … in memory and -1 as a guard around what it may write.
struct Check<E> {
    elements: Vec<E>,
    convert: fn(E) -> f64,
    back: fn(f64) -> E,
}

impl<E: Simd> Check<E> {
    /// The lanes as `f64`.
    #[cfg_attr(optimised, inline(always))]
    fn lanes<V: Lane<E>>(&self, lane: V) -> Vec<f64> {
        let mut out = vec![(self.back)(-1.0); V::N];
        lane.lanes(&mut out);
        out.into_iter().map(self.convert).collect()
    }

    /// 40 guards.
    fn guards(&self) -> Vec<E> {
        vec![(self.back)(-1.0); 40]
    }

    #[cfg_attr(optimised, inline(always))]
    fn memory<V: Lane<E>>(&self, n: usize) {
        let padded = |f: &dyn Fn(usize) -> f64| (0..V::N).map(|i| if i < n { f(i) } else { 0.0 }).collect::<Vec<_>>();
        // SAFETY: both reach `n` elements, the second the last of them at `2 (n - 1)`, within the 40 that there are.
        let (loaded, gathered): (V, V) =
            unsafe { (V::load(self.elements.as_ptr(), n), V::gather(self.elements.as_ptr(), 2, n)) };
        assert_eq!(self.lanes(loaded), padded(&|i| i as f64 + 1.0));
        assert_eq!(self.lanes(gathered), padded(&|i| 2.0 * i as f64 + 1.0));
        assert_eq!(self.lanes(V::from_fn(n, |i| (self.back)(i as f64 + 1.0))), padded(&|i| i as f64 + 1.0));

        let full = V::from_fn(V::N, |i| (self.back)(i as f64 + 1.0));
        assert_eq!(self.lanes(full.keep(n)), padded(&|i| i as f64 + 1.0));
        let kept: Vec<f64> = (0..V::N).map(|i| if i < n { i as f64 + 1.0 } else { 9.0 }).collect();
        assert_eq!(self.lanes(full.keep_or(n, V::c(9.0))), kept);

        let (mut stored, mut scattered) = (self.guards(), self.guards());
        // SAFETY: as for the loads; the 40 guards begin at least one element before.
        unsafe { full.store(stored.as_mut_ptr().add(1), n) };
        // SAFETY: as above.
        unsafe { full.scatter(scattered.as_mut_ptr().add(1), 2, n) };
        for i in 0..40 {
            let place = |step: usize| (i >= 1 && (i - 1) % step == 0 && (i - 1) / step < n).then(|| (i - 1) / step);
            let wanted = |step| place(step).map_or(-1.0, |lane| lane as f64 + 1.0);
            assert_eq!((self.convert)(stored[i]), wanted(1), "store of {n}, place {i}");
            assert_eq!((self.convert)(scattered[i]), wanted(2), "scatter of {n}, place {i}");
        }
    }

    #[cfg_attr(optimised, inline(always))]
    fn folds<V: Lane<E>>(&self) {
        let lane = V::from_fn(V::N, |i| (self.back)([3.0, -2.0, 5.0, 1.0][i % 4]));
        let quarters = V::N as f64 / 4.0;
        assert_eq!(lane.hsum().into(), 7.0 * quarters);
        assert_eq!(lane.hmax().into(), 5.0);
        assert_eq!(lane.hmin().into(), -2.0);
        assert_eq!(lane.hprod().into(), (-30.0_f64).powf(quarters));
        for at in 0..V::N {
            let value = |i| if i == at { f64::NAN } else { i as f64 };
            let lane = V::from_fn(V::N, |i| (self.back)(value(i)));
            let (high, low): (f64, f64) = (lane.hmax().into(), lane.hmin().into());
            assert!(high.is_nan() && low.is_nan());
        }
    }
}

impl<E: Simd> Kernel<E> for &Check<E> {
    type Out = ();

    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        for n in 0..=V::N {
            self.memory::<V>(n);
        }
        self.folds::<V>();
        assert_eq!(self.lanes(V::splat((self.back)(4.0))), vec![4.0; V::N]);
        let product = V::c(3.0).fma(V::c(4.0), V::c(5.0));
        assert_eq!(product.hmax().into(), 17.0);
    }
}

#[test]
fn lanes_keep_to_their_memory() {
    let numbers = || (1..=40).map(f64::from);
    at_each_level(|_| {
        dispatch(&Check { elements: numbers().collect::<Vec<f64>>(), convert: |x| x, back: |x| x });
        let elements = numbers().map(|x| x as f32).collect();
        dispatch(&Check { elements, convert: f64::from, back: |x| x as f32 });
        macro_rules! halves {
            ($($half:ident),*) => {$(
                let elements = numbers().map(half::$half::from_f64).collect();
                dispatch(&Check { elements, convert: f64::from, back: half::$half::from_f64 });
            )*};
        }
        for_each_half!(halves);
    });
}

#[test]
fn one_element_is_a_lane_too() {
    use crate::num::Scalar;
    let mut place = [1.0_f32, 2.0];
    // SAFETY: at most one element is read and written, and there are two.
    let (none, one) = unsafe { (Scalar::load(place.as_ptr(), 0), Scalar::load(place.as_ptr(), 1)) };
    assert_eq!((none.0, one.0, Lane::<f32>::keep(one, 0).0), (0.0, 1.0, 0.0));
    // SAFETY: as above.
    unsafe { Scalar(7.0).store(place.as_mut_ptr(), 0) };
    assert_eq!(place, [1.0, 2.0]);
    // SAFETY: as above.
    unsafe { Scalar(7.0).scatter(place.as_mut_ptr().add(1), -1, 1) };
    assert_eq!(place, [1.0, 7.0]);
    assert_eq!(Lane::<f64>::hsum(2.5_f64), 2.5);
}
