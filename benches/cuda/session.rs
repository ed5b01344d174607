//! The command line, the timing and the lines of output.
//!
//! Apart from the workloads because each of these is only the call that is timed.

use congruent::cuda::Cuda;
use std::hint::black_box;
use std::time::Instant;

/// Seconds that a sample lasts at least.
const SAMPLE: f64 = 5e-3;
/// Seconds of warming up at least: kernels are compiled meanwhile.
const WARM_UP: f64 = 0.1;

/// What the command line asks for.
pub(crate) struct Options {
    small: bool,
    min_time: f64,
    only: Option<String>,
}

impl Options {
    /// Cargo's own `--bench` means nothing.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Options { small: false, min_time: 0.3, only: None };
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{name} wants a value"));
            match name.as_str() {
                "--bench" => {}
                "--small" => options.small = true,
                "--min-time" => options.min_time = value()?.parse().map_err(|_| "--min-time: no number of seconds")?,
                "--only" => options.only = Some(value()?),
                _ => return Err(format!("unknown argument {name}")),
            }
        }
        Ok(options)
    }
}

/// What a rate counts.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    /// Floating-point operations.
    Flops(f64),
    /// Bytes: each input once and each output once.
    Bytes(f64),
    /// Steps, of which only the time counts.
    Step,
}

/// Runs workloads on a device.
pub(crate) struct Session {
    options: Options,
    pub(crate) device: Cuda<0>,
}

impl Session {
    pub(crate) fn new(options: Options, device: Cuda<0>) -> Self {
        Session { options, device }
    }

    /// Whether it is for a stand-in.
    pub(crate) fn is_small(&self) -> bool {
        self.options.small
    }

    /// One size for cards, another for stand-ins.
    pub(crate) fn size(&self, large: usize, small: usize) -> usize {
        if self.options.small { small } else { large }
    }

    /// Times what `prepare` makes, if it is wanted; its inputs do not exist otherwise.
    pub(crate) fn measure<T, Call: FnMut() -> T>(
        &self,
        name: &str,
        work: Work,
        prepare: impl FnOnce(Cuda<0>) -> Call,
    ) -> Result<(), congruent::Error> {
        if self.options.only.as_ref().is_some_and(|word| !name.contains(word.as_str())) {
            return Ok(());
        }
        let samples = self.samples(prepare(self.device))?;
        let (median, least) = (samples[samples.len() / 2], samples[0]);
        let (rate, unit) = match work {
            Work::Flops(flops) => (flops / median / 1e12, "TFLOP/s"),
            Work::Bytes(bytes) => (bytes / median / 1e9, "GB/s"),
            Work::Step => (1.0 / median, "steps/s"),
        };
        println!(
            "{{\"peer\":\"congruent\",\"workload\":\"{name}\",\"median_s\":{median:.4e},\"min_s\":{least:.4e},\
             \"rate\":{rate:.4},\"unit\":\"{unit}\",\"samples\":{}}}",
            samples.len()
        );
        Ok(())
    }

    /// Seconds a call of each sample, sorted.
    fn samples<T>(&self, mut call: impl FnMut() -> T) -> Result<Vec<f64>, congruent::Error> {
        let (start, mut fastest) = (Instant::now(), f64::MAX);
        while start.elapsed().as_secs_f64() < WARM_UP || fastest == f64::MAX {
            fastest = fastest.min(self.seconds(1, &mut call)?).max(1e-9);
        }
        let calls = (SAMPLE / fastest).ceil().clamp(1.0, 1e5) as u32;
        let (start, mut samples) = (Instant::now(), Vec::new());
        while samples.len() < 3 || start.elapsed().as_secs_f64() < self.options.min_time {
            samples.push(self.seconds(calls, &mut call)? / f64::from(calls));
        }
        samples.sort_by(f64::total_cmp);
        Ok(samples)
    }

    fn seconds<T>(&self, calls: u32, call: &mut impl FnMut() -> T) -> Result<f64, congruent::Error> {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(call());
        }
        self.device.synchronize()?;
        Ok(start.elapsed().as_secs_f64())
    }
}
