//! Errors in units of the last place, and the worst of them.
//!
//! Apart from the sweep because it knows numbers and no loops.

/// An error and where it was met.
#[derive(Clone, Copy, Debug, Default)]
pub struct Worst {
    pub ulps: f64,
    pub x: f64,
}

/// A type of floats: its digits after the first, and the exponents of its least normal and its greatest number.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    pub digits: i32,
    pub least: i32,
    pub greatest: i32,
}

pub const SINGLE: Format = Format { digits: 23, least: -126, greatest: 127 };
pub const HALF: Format = Format { digits: 10, least: -14, greatest: 15 };
pub const BRAIN: Format = Format { digits: 7, least: -126, greatest: 127 };

/// What a sweep found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Where the result is a normal number, in units of its last place.
    pub normal: Worst,
    /// Where it is subnormal, in units of the least number.
    pub tiny: Worst,
    /// How often a result falls while the true one rises, or the other way round.
    pub falls: u64,
    /// NaN for a number, a number for NaN, or an infinity for a number: argument, result and true result of the first.
    pub wrong: Option<(f64, f64, f64)>,
    /// How many of these.
    pub wrongs: u64,
}

fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

impl Found {
    /// Takes in results `y` at `x` where `wanted` is true.
    pub fn add(&mut self, x: &[f64], y: &[f64], wanted: &[f64], format: Format) {
        let limit = power_of_two(format.greatest + 1);
        let normal = power_of_two(format.least);
        for ((&x, &y), &w) in x.iter().zip(y).zip(wanted) {
            // A result that rounds to inf may also be the neighbour of the largest number.
            let (near, w) = (y.clamp(-limit, limit), w.clamp(-limit, limit));
            if near == w || (y.is_nan() && w.is_nan()) {
                continue;
            }
            let exponent = ((w.to_bits() >> 52 & 0x7ff) as i32 - 1023).max(format.least);
            let ulps = (near - w).abs() / power_of_two(exponent - format.digits);
            if ulps.is_nan() || ulps > 1e6 {
                self.wrong.get_or_insert((x, y, w));
                self.wrongs += 1;
            }
            let worst = if w.abs() < normal { &mut self.tiny } else { &mut self.normal };
            if !(ulps <= worst.ulps) {
                *worst = Worst { ulps: if ulps.is_nan() { f64::INFINITY } else { ulps }, x };
            }
        }
        for i in 1..x.len() {
            self.falls += u64::from((y[i] - y[i - 1]) * (wanted[i] - wanted[i - 1]) < 0.0);
        }
    }

    /// Both together.
    pub fn join(&mut self, other: &Self) {
        for (mine, theirs) in [(&mut self.normal, other.normal), (&mut self.tiny, other.tiny)] {
            if theirs.ulps > mine.ulps {
                *mine = theirs;
            }
        }
        self.falls += other.falls;
        self.wrongs += other.wrongs;
        self.wrong = self.wrong.or(other.wrong);
    }
}
