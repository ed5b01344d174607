//! Draws of other distributions than the uniform and the normal.
//!
//! Apart from `key.rs` because each is made of its draws; again, element `i` depends on the key and `i` alone. Draws
//! by rejection read a stream of the element's own. Parameters outside of a distribution give NaN: the methods of a
//! device, which can return an error, check them first.

use super::Key;
use super::quantile::{normal_below, normal_quantile};
use super::stream::{Stream, open_unit};

/// From here on the normal tail has no number left in `f64`, or few digits.
const FAR: f64 = 37.0;

/// Concentrations below this give logarithms of numbers that are 0 beside each other.
const TINY: f64 = 1e-150;

impl Key {
    /// Element `i` of the stream of exponential numbers, mean 1: `-ln(1 - u)`.
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// let key = Key::new(0);
    /// let mean = (0..10_000).map(|i| key.exponential_f64(i)).sum::<f64>() / 10_000.0;
    /// assert!((mean - 1.0).abs() < 0.05);
    /// ```
    pub fn exponential_f64(self, i: u64) -> f64 {
        -libm::log1p(-self.uniform_f64(i))
    }

    /// Element `i` of the stream of Gumbel numbers: `-ln(-ln u)`, the law of the largest of many.
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// let key = Key::new(0);
    /// let mean = (0..10_000).map(|i| key.gumbel_f64(i)).sum::<f64>() / 10_000.0;
    /// assert!((mean - 0.577_215_664_9).abs() < 0.05); // Euler's constant
    /// ```
    pub fn gumbel_f64(self, i: u64) -> f64 {
        -libm::log(-libm::log(open_unit(self.u64_at(i))))
    }

    /// Element `i` of the stream of standard normal numbers that lie in `[low, high]`.
    ///
    /// By the inverse of the distribution function, on the side of the mean where that is exact; beyond 37 standard
    /// deviations by the tail method of Marsaglia (1964). The bounds may be infinite. NaN unless `low <= high`.
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// assert!((0..1000).all(|i| (8.0..=8.5).contains(&Key::new(3).truncated_normal_f64(i, 8.0, 8.5))));
    /// ```
    pub fn truncated_normal_f64(self, i: u64, low: f64, high: f64) -> f64 {
        if low.is_nan() || high.is_nan() || low > high {
            return f64::NAN;
        }
        if low > 0.0 {
            // The upper tail is the mirror of the lower, which has all its digits.
            return -self.truncated_normal_f64(i, -high, -low);
        }
        let value = if high <= -FAR {
            -far_tail(&mut Stream::new(self, i), -high, -low)
        } else {
            let (from, to) = (normal_below(low), normal_below(high));
            normal_quantile(from + open_unit(self.u64_at(i)) * (to - from))
        };
        value.clamp(low, high)
    }

    /// Element `i` of the stream of gamma numbers of scale 1, whose mean and variance are `concentration`.
    ///
    /// Marsaglia and Tsang (2000); below 1 by the boost `Γ(c) = Γ(c + 1) · u^(1 / c)`, which underflows to 0 for tiny
    /// concentrations. NaN unless the concentration is positive and finite.
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// let key = Key::new(0);
    /// let mean = (0..10_000).map(|i| key.gamma_f64(i, 3.0)).sum::<f64>() / 10_000.0;
    /// assert!((mean - 3.0).abs() < 0.1);
    /// ```
    pub fn gamma_f64(self, i: u64, concentration: f64) -> f64 {
        libm::exp(log_gamma_draw(&mut Stream::new(self, i), concentration))
    }

    /// The same number times `scale`, also where it is too small or too large by itself.
    pub(crate) fn scaled_gamma_f64(self, i: u64, concentration: f64, scale: f64) -> f64 {
        let log = log_gamma_draw(&mut Stream::new(self, i), concentration);
        if log.abs() < 700.0 { scale * libm::exp(log) } else { libm::exp(log + libm::log(scale)) }
    }

    /// Element `i` of the stream of beta numbers, of mean `a / (a + b)`: `x / (x + y)` of two gamma draws.
    ///
    /// From the logarithms of the two, so that small parameters give numbers near 0 and 1, not NaN. NaN unless both
    /// parameters are positive and finite.
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// let key = Key::new(0);
    /// let mean = (0..10_000).map(|i| key.beta_f64(i, 1.0, 3.0)).sum::<f64>() / 10_000.0;
    /// assert!((mean - 0.25).abs() < 0.01);
    /// ```
    pub fn beta_f64(self, i: u64, a: f64, b: f64) -> f64 {
        let mut stream = Stream::new(self, i);
        // Logarithms beyond the range of `f64` would have no difference; only its sign counts there.
        let unit = if a.max(b) < TINY { TINY } else { 1.0 };
        let (a, b) = (a / unit, b / unit);
        let x = log_gamma_draw(&mut stream, a);
        let y = log_gamma_draw(&mut stream, b);
        1.0 / (1.0 + libm::exp(y - x))
    }

    /// Element `i` of the stream of Poisson numbers, whose mean and variance are `rate`.
    ///
    /// Below 10 by the product of uniform numbers, from there on by transformed rejection (Hörmann 1993). 0 unless the
    /// rate is positive; rates above 2⁶² are drawn as 2⁶².
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// let key = Key::new(0);
    /// let mean = (0..10_000).map(|i| key.poisson(i, 30.0)).sum::<u64>() as f64 / 10_000.0;
    /// assert!((mean - 30.0).abs() < 0.3);
    /// ```
    pub fn poisson(self, i: u64, rate: f64) -> u64 {
        let mut stream = Stream::new(self, i);
        match rate {
            _ if rate >= 10.0 => large_poisson(&mut stream, rate.min((1u64 << 62) as f64)),
            _ if rate > 0.0 => small_poisson(&mut stream, rate),
            _ => 0,
        }
    }
}

/// A normal number in `[low, high]` far above the mean: of density `x · exp(-x² / 2)`, kept with probability `low / x`.
fn far_tail(stream: &mut Stream, low: f64, high: f64) -> f64 {
    let left_out = libm::expm1((low - high) * (0.5 * (low + high)));
    if low == high {
        return low;
    }
    loop {
        let [u, v] = stream.uniforms();
        // `√(low² + 2e)` less its first part: the squares of large numbers have no room for the second.
        let e = -libm::log1p(u * left_out);
        let x = low + 2.0 * e / (low + libm::sqrt(low * low + 2.0 * e));
        if v * x <= low || !x.is_finite() {
            return x;
        }
    }
}

/// The logarithm of a gamma number of scale 1.
fn log_gamma_draw(stream: &mut Stream, concentration: f64) -> f64 {
    if !(concentration > 0.0 && concentration.is_finite()) {
        return f64::NAN;
    }
    if concentration < 1.0 {
        let boost = libm::log(stream.uniforms()[0]) / concentration;
        return boost + log_gamma_draw(stream, concentration + 1.0);
    }
    let d = concentration - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let (x, [u, _]) = (stream.normal(), stream.uniforms());
        let root = 1.0 + c * x;
        let v = root * root * root;
        if v > 0.0 && libm::log(u) < 0.5 * x * x + d - d * v + d * libm::log(v) {
            return libm::log(d) + libm::log(v);
        }
    }
}

/// How many uniform numbers multiply to no less than `e^-rate`.
fn small_poisson(stream: &mut Stream, rate: f64) -> u64 {
    let (limit, mut product, mut count) = (libm::exp(-rate), 1.0, 0);
    loop {
        for u in stream.uniforms() {
            product *= u;
            if product <= limit {
                return count;
            }
            count += 1;
        }
    }
}

/// Hörmann, "The transformed rejection method for generating Poisson random variables" (1993), algorithm PTRS.
fn large_poisson(stream: &mut Stream, rate: f64) -> u64 {
    let b = 0.931 + 2.53 * rate.sqrt();
    let a = -0.059 + 0.024_83 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let sure = 0.9277 - 3.6224 / (b - 2.0);
    loop {
        let [u, v] = stream.uniforms();
        let u = u - 0.5;
        let side = 0.5 - u.abs();
        let k = ((2.0 * a / side + b) * u + rate + 0.43).floor();
        if side >= 0.07 && v <= sure {
            return k as u64;
        }
        if k < 0.0 || (side < 0.013 && v > side) {
            continue;
        }
        if libm::log(v * inverse_alpha / (a / (side * side) + b)) <= log_poisson(k, rate) {
            return k as u64;
        }
    }
}

/// The logarithm of the probability of `k`. Around a large rate the terms of `k ln λ - λ - ln k!` would cancel:
/// Stirling's series leaves `-λ · ((1 + δ) ln(1 + δ) - δ)`, where `k = λ (1 + δ)`, and small numbers.
fn log_poisson(k: f64, rate: f64) -> f64 {
    if k < 10.0 {
        return k * libm::log(rate) - rate - libm::lgamma(k + 1.0);
    }
    let delta = (k - rate) / rate;
    let series = (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / (1260.0 * k * k)) / (k * k)) / k;
    -rate * ((1.0 + delta) * libm::log1p(delta) - delta) - 0.5 * libm::log(core::f64::consts::TAU * k) - series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_outside_of_a_distribution_give_nan() {
        let key = Key::new(1);
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(key.gamma_f64(0, bad).is_nan() && key.beta_f64(0, bad, 1.0).is_nan(), "{bad}");
            assert!(key.beta_f64(0, 1.0, bad).is_nan(), "{bad}");
        }
        assert!(key.truncated_normal_f64(0, 1.0, 0.0).is_nan() && key.truncated_normal_f64(0, f64::NAN, 0.0).is_nan());
        assert_eq!([0.0, -1.0, f64::NAN].map(|rate| key.poisson(0, rate)), [0; 3]);
    }

    #[test]
    fn bounds_hold_wherever_they_are() {
        let ends = [-1e9, -50.0, -37.5, -36.9, -8.0, -1.0, 0.0, 1e-9, 2.0, 36.0, 38.0, 60.0, 1e12, f64::INFINITY];
        for (first, &low) in ends.iter().enumerate() {
            for &high in &ends[first..] {
                for i in 0..50 {
                    let x = Key::new(9).truncated_normal_f64(i, low, high);
                    assert!((low..=high).contains(&x), "{x} is outside of {low}..={high}");
                }
            }
        }
    }

    #[test]
    fn the_far_tail_falls_as_it_should() {
        // Beyond `a`, `a · (x - a)` is nearly exponential of mean 1: 1 - 1/a² by the asymptotic series.
        for a in [36.5, 37.5, 100.0, 1e6] {
            let draws = (0..20_000).map(|i| a * (Key::new(4).truncated_normal_f64(i, a, f64::INFINITY) - a));
            let mean = draws.sum::<f64>() / 20_000.0;
            assert!((mean - 1.0).abs() < 0.025, "{a}: {mean}");
        }
    }

    #[test]
    fn the_logarithm_of_the_poisson_law_is_exact() {
        // scipy.stats.poisson.logpmf
        for (k, rate, wanted) in
            [(0.0, 10.0, -10.0), (9.0, 10.0, -2.078_561_643_135_055), (25.0, 20.0, -3.110_298_384_130_750_5)]
        {
            assert!((log_poisson(k, rate) - wanted).abs() < 1e-9, "{k} {rate} {}", log_poisson(k, rate));
        }
        for k in [10.0, 11.0, 50.0, 300.0] {
            let plain = k * libm::log(40.0) - 40.0 - libm::lgamma(k + 1.0);
            assert!((log_poisson(k, 40.0) - plain).abs() < 1e-9, "{k}");
        }
    }

    #[test]
    fn tiny_concentrations_stay_inside() {
        let draws: Vec<f64> = (0..2000).map(|i| Key::new(5).beta_f64(i, 1e-4, 1e-4)).collect();
        assert!(draws.iter().all(|x| (0.0..=1.0).contains(x)));
        let ones = draws.iter().filter(|&&x| x > 0.5).count();
        assert!((900..1100).contains(&ones), "{ones}");
        assert!((0..2000).all(|i| (0.0..1.0).contains(&Key::new(5).gamma_f64(i, 1e-4))));
    }
}
