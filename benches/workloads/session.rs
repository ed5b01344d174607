//! The command line, the timing and the lines of output, the same for every runner of the comparison.
//!
//! Apart from the workloads because each of these is only the call that is timed.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Instant;

/// Name, category, work, unit and definition of each workload, between tabs.
const TABLE: &str = include_str!("../workloads.tsv");

/// Seconds that a sample lasts at least.
const SAMPLE: f64 = 2e-3;
/// Seconds of warming up at least.
const WARM_UP: f64 = 0.03;
/// Seconds after which three samples are enough.
const PATIENCE: f64 = 1.5;

/// What the command line asks for.
pub(crate) struct Options {
    pub(crate) threads: usize,
    min_time: f64,
    suffix: String,
    wanted: Vec<String>,
}

impl Options {
    /// Reads `--threads N --min-time S --suffix _x --workloads a,b`; cargo's own `--bench` means nothing.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Options { threads: 1, min_time: 0.2, suffix: String::new(), wanted: Vec::new() };
        while let Some(name) = arguments.next() {
            if name == "--bench" {
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{name} wants a value"))?;
            let wrong = |rule: &str| format!("{name} {value}: {rule}");
            match name.as_str() {
                "--threads" => {
                    let threads: NonZeroUsize = value.parse().map_err(|_| wrong("not a number of threads"))?;
                    options.threads = threads.get();
                }
                "--min-time" => options.min_time = value.parse().map_err(|_| wrong("not a number of seconds"))?,
                "--suffix" => options.suffix = value,
                "--workloads" => options.wanted = value.split(',').map(String::from).collect(),
                _ => return Err(format!("unknown argument {name}")),
            }
        }
        Ok(options)
    }
}

/// A line of the table.
#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    category: &'static str,
    work: f64,
    unit: &'static str,
}

fn table() -> impl Iterator<Item = Row> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut cells = line.split('\t');
        let mut cell = || cells.next();
        Some(Row { name: cell()?, category: cell()?, work: cell()?.parse().ok()?, unit: cell()? })
    })
}

/// Runs workloads and remembers which ones exist here.
pub(crate) struct Session {
    options: Options,
    present: Vec<&'static str>,
}

impl Session {
    pub(crate) fn new(options: Options) -> Self {
        Session { options, present: Vec::new() }
    }

    /// Times what `prepare` makes, if the workload is wanted; neither its inputs nor its weights exist otherwise.
    pub(crate) fn measure<T, Call: FnMut() -> T>(&mut self, name: &'static str, prepare: impl FnOnce() -> Call) {
        let row = table().find(|row| row.name == name).unwrap_or_else(|| panic!("{name} is not in workloads.tsv"));
        self.present.push(name);
        let wanted = &self.options.wanted;
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name || wanted == row.category) {
            let samples = sample(prepare(), self.options.min_time);
            self.print(row, &samples);
        }
    }

    fn print(&self, Row { name, work, unit, .. }: Row, samples: &[f64]) {
        let Options { threads, suffix, .. } = &self.options;
        let (median, least, count) = (samples[samples.len() / 2], samples[0], samples.len());
        println!(
            "{{\"peer\":\"congruent{suffix}\",\"workload\":\"{name}\",\"threads\":{threads},\"median_s\":{median:.4e},\
             \"min_s\":{least:.4e},\"gflops_or_gbps\":{:.4},\"unit\":\"{unit}\",\"samples\":{count}}}",
            work / median / 1e9
        );
    }

    /// Says which of the workloads that were asked for by name do not exist here.
    pub(crate) fn report_missing(&self) {
        for wanted in &self.options.wanted {
            let known = table().any(|row| row.name == wanted || row.category == wanted);
            let present = self.present.contains(&wanted.as_str()) || table().any(|row| row.category == wanted);
            if !known {
                eprintln!("{wanted}: not in workloads.tsv");
            } else if !present {
                eprintln!("{wanted}: not among the workloads of congruent");
            }
        }
    }
}

/// Seconds a call of each sample, sorted. The fastest call while warming up sets how many calls a sample has.
fn sample<T>(mut call: impl FnMut() -> T, min_time: f64) -> Vec<f64> {
    let (start, mut calls, mut fastest) = (Instant::now(), 0, f64::MAX);
    while start.elapsed().as_secs_f64() < WARM_UP || (calls < 2 && fastest < 0.5) {
        fastest = fastest.min(seconds(1, &mut call)).max(1e-9);
        calls += 1;
    }
    let calls = (SAMPLE / fastest).ceil().clamp(1.0, 2e6) as u32;
    let (start, mut samples) = (Instant::now(), Vec::new());
    while samples.len() < 5 || start.elapsed().as_secs_f64() < min_time {
        samples.push(seconds(calls, &mut call) / f64::from(calls));
        if start.elapsed().as_secs_f64() > PATIENCE && samples.len() >= 3 {
            break;
        }
    }
    samples.sort_by(f64::total_cmp);
    samples
}

fn seconds<T>(calls: u32, mut call: impl FnMut() -> T) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        black_box(call());
    }
    start.elapsed().as_secs_f64()
}
