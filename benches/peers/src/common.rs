//! Shared by every Rust runner: command line, timing, fixed-seed inputs, JSON lines.
#![allow(dead_code, reason = "each runner uses a part of it")]
use std::collections::HashMap;
use std::time::Instant;

const TABLE: &str = include_str!("../../workloads.tsv");

/// Products of `f32`: name, rows of A, its columns, columns of B, whether A and B are stored transposed.
pub const PRODUCTS: [(&str, usize, usize, usize, bool, bool); 12] = [
    ("gemm_64", 64, 64, 64, false, false),
    ("gemm_256", 256, 256, 256, false, false),
    ("gemm_1024", 1024, 1024, 1024, false, false),
    ("gemm_2048", 2048, 2048, 2048, false, false),
    ("gemm_64x784x128", 64, 784, 128, false, false),
    ("gemm_128x768x3072", 128, 768, 3072, false, false),
    ("gemm_ta_1024", 1024, 1024, 1024, true, false),
    ("gemm_tb_1024", 1024, 1024, 1024, false, true),
    ("mm_4", 4, 4, 4, false, false),
    ("mm_8", 8, 8, 8, false, false),
    ("mm_16", 16, 16, 16, false, false),
    ("mm_32", 32, 32, 32, false, false),
];

pub struct Bench {
    pub threads: usize,
    peer: String,
    suffix: String,
    min_time: f64,
    want: Vec<String>,
    table: HashMap<String, (String, f64, String)>,
}

impl Bench {
    /// `--threads N --min-time S --suffix _x --workloads a,b,c` (a category name selects its workloads)
    pub fn new(peer: &str) -> Self {
        let mut b = Bench {
            threads: 1,
            peer: peer.into(),
            suffix: String::new(),
            min_time: 0.2,
            want: vec![],
            table: HashMap::new(),
        };
        for l in TABLE.lines().filter(|l| !l.starts_with('#')) {
            let f: Vec<&str> = l.split('\t').collect();
            b.table.insert(f[0].into(), (f[1].into(), f[2].parse().unwrap(), f[3].into()));
        }
        let mut it = std::env::args().skip(1);
        while let Some(a) = it.next() {
            let v = it.next().unwrap_or_default();
            match a.as_str() {
                "--threads" => b.threads = v.parse().unwrap(),
                "--min-time" => b.min_time = v.parse().unwrap(),
                "--suffix" => b.suffix = v,
                "--workloads" => b.want = v.split(',').map(String::from).collect(),
                _ => panic!("unknown argument {a}"),
            }
        }
        b
    }
    pub fn peer(&mut self, p: &str) {
        self.peer = p.into();
    }
    pub fn want(&self, name: &str) -> bool {
        let cat = &self.table.get(name).unwrap_or_else(|| panic!("{name} not in workloads.tsv")).0;
        self.want.is_empty() || self.want.iter().any(|w| w == name || w == cat)
    }
    pub fn run(&self, name: &str, f: impl FnMut()) {
        self.run_work(name, self.table[name].1, f)
    }
    pub fn run_work(&self, name: &str, work: f64, mut f: impl FnMut()) {
        // warm up: two calls at least (one where it is long), and 30 ms; the fastest call sets the sample's length
        let t0 = Instant::now();
        let (mut calls, mut one) = (0u64, f64::MAX);
        while t0.elapsed().as_secs_f64() < 0.03 || (calls < 2 && one < 0.5) {
            let t = Instant::now();
            f();
            one = one.min(t.elapsed().as_secs_f64()).max(1e-9);
            calls += 1;
        }
        let inner = (2e-3 / one).ceil().clamp(1.0, 2e6) as u64; // a sample lasts 2 ms at least
        let mut s = Vec::new();
        let start = Instant::now();
        while s.len() < 5 || start.elapsed().as_secs_f64() < self.min_time {
            let t = Instant::now();
            for _ in 0..inner {
                f();
            }
            s.push(t.elapsed().as_secs_f64() / inner as f64);
            if start.elapsed().as_secs_f64() > 1.5 && s.len() >= 3 {
                break;
            }
        }
        s.sort_by(|a, b| a.partial_cmp(b).unwrap());
        let med = s[s.len() / 2];
        println!(
            "{{\"peer\":\"{}{}\",\"workload\":\"{}\",\"threads\":{},\"median_s\":{:.4e},\"min_s\":{:.4e},\
             \"gflops_or_gbps\":{:.4},\"unit\":\"{}\",\"samples\":{}}}",
            self.peer,
            self.suffix,
            name,
            self.threads,
            med,
            s[0],
            work / med / 1e9,
            self.table[name].2,
            s.len()
        );
    }
}

/// splitmix64; uniform in [-1, 1)
pub struct Rng(pub u64);
impl Rng {
    pub fn u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub fn f32s(&mut self, n: usize) -> Vec<f32> {
        (0..n).map(|_| (self.u64() >> 40) as f32 / (1u64 << 23) as f32 - 1.0).collect()
    }
    pub fn f64s(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| (self.u64() >> 11) as f64 / (1u64 << 52) as f64 - 1.0).collect()
    }
    pub fn idx(&mut self, n: usize, below: u64) -> Vec<u32> {
        (0..n).map(|_| (self.u64() % below) as u32).collect()
    }
}
