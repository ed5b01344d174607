//! Parts against the standard library's order: every length that a network takes, keys of all kinds, pivots that are
//! all bad, and both ways of ending.

use super::lanes::Lanes;
use super::network::sort_few;
use super::part::{Part, Sortable};
use super::x86::{Eight, EightWide, Four, Sixteen};
use crate::num::{Level, level, with_level};

/// Numbers that look drawn.
fn noise(i: usize) -> i64 {
    let mut x = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x ^ x >> 31) as i64
}

/// Keys of all kinds.
fn kinds(len: usize) -> Vec<Vec<i64>> {
    let of = |key: &dyn Fn(usize) -> i64| (0..len).map(key).collect();
    vec![
        of(&noise),
        of(&|i| noise(i) % 3),
        of(&|i| i as i64),
        of(&|i| (len - i) as i64),
        of(&|i| if noise(i) % 2 == 0 { i64::MIN } else { i64::MAX }),
        of(&|i| if noise(i) % 5 == 0 { noise(i) } else { i64::MAX }),
        of(&|i| if noise(i) % 5 == 0 { noise(i) } else { i64::MIN }),
        of(&|_| 7),
        of(&|_| i64::MAX),
        of(&|_| i64::MIN),
        of(&|i| (i % 100) as i64),
        of(&|i| i.min(len - i) as i64),
    ]
}

trait Narrowed: Sortable + std::fmt::Debug {
    /// The least and the greatest of 64 bits are those of this type.
    fn of(key: i64) -> Self;
}
impl Narrowed for i64 {
    fn of(key: i64) -> i64 {
        key
    }
}
impl Narrowed for i32 {
    fn of(key: i64) -> i32 {
        match key {
            i64::MIN => i32::MIN,
            i64::MAX => i32::MAX,
            key => key as i32,
        }
    }
}

fn check<K: Narrowed>(lens: impl Iterator<Item = usize> + Clone) {
    for wanted in [Level::Avx2, Level::Avx512] {
        with_level(wanted, || {
            for len in lens.clone() {
                for (kind, keys) in kinds(len).into_iter().enumerate() {
                    let keys: Vec<K> = keys.into_iter().map(K::of).collect();
                    let (mut sorted, mut beside) = (keys.clone(), vec![K::default(); len]);
                    let Some(part) = Part::new(&mut sorted, &mut beside) else {
                        return assert_eq!(level(), Level::Portable, "registers sort on every other level");
                    };
                    part.sort();
                    let mut expected = keys;
                    expected.sort();
                    assert!(sorted == expected, "{len} keys of kind {kind} by {:?}", level());
                }
            }
        });
    }
}

#[test]
fn keys_are_in_order() {
    let lens = (0..=300).chain([511, 512, 513, 1021, 4095, 4096, 20_011]);
    check::<i32>(lens.clone());
    check::<i64>(lens);
}

/// Every part that a long one is divided into lies where the whole one has its place.
#[test]
fn parts_are_where_they_belong() {
    fn by_halves<K: Sortable>(part: Part<'_, K>, depth: u32) {
        if depth == 0 {
            return part.sort();
        }
        for half in part.divide() {
            by_halves(half, depth - 1);
        }
    }
    for (kind, keys) in kinds(10_007).into_iter().enumerate() {
        for depth in 0..6 {
            let (mut sorted, mut beside) = (keys.clone(), vec![0; keys.len()]);
            if let Some(part) = Part::new(&mut sorted, &mut beside) {
                by_halves(part, depth);
                assert!(sorted.is_sorted(), "kind {kind}, {depth} divisions");
                let mut expected = keys.clone();
                expected.sort();
                assert!(sorted == expected, "kind {kind}, {depth} divisions");
            }
        }
    }
}

/// Where all pivots are bad ones, keys are compared one by one, wherever they are.
#[test]
fn bad_pivots_come_to_an_end() {
    for chances in 0..3 {
        for wanted in [Level::Avx2, Level::Avx512] {
            with_level(wanted, || {
                let keys: Vec<i64> = (0..5000).map(noise).collect();
                let (mut sorted, mut beside) = (keys.clone(), vec![0; keys.len()]);
                if let Some(part) = Part::new(&mut sorted, &mut beside) {
                    part.with_chances(chances).sort();
                    let mut expected = keys;
                    expected.sort();
                    assert!(sorted == expected, "{chances} chances");
                }
            });
        }
    }
}

/// A level that is lowered between the making of a part and its sorting is no danger.
#[test]
fn levels_may_be_lowered_meanwhile() {
    let (mut sorted, mut beside) = ((0..1000).map(noise).collect::<Vec<_>>(), vec![0; 1000]);
    if let Some(part) = Part::new(&mut sorted, &mut beside) {
        with_level(Level::Portable, || part.divide().map(Part::sort));
        assert!(sorted.is_sorted());
    }
}

/// Networks of one register's size, alone: all patterns of zeros and ones of as many lanes are sorted, and no key
/// behind the last one is read or written. (A network that sorts zeros and ones sorts everything: Knuth, 5.3.4.)
#[test]
fn networks_sort_zeros_and_ones() {
    fn check<V: Lanes, const ROWS: usize>(last: V::Key, key: impl Fn(usize) -> V::Key) {
        let most = ROWS * V::N;
        for count in 0..=most {
            for ones in 0..=count {
                // As many ones, at places that a step spreads.
                for step in [1, 5, 7, 11] {
                    let mut keys: Vec<V::Key> = vec![key(0); count];
                    (0..ones).for_each(|i| keys[i * step % count] = key(1));
                    let total = keys.iter().filter(|&&x| x == key(1)).count();
                    let mut out = keys.clone();
                    // SAFETY: the processor was asked, and both have `count` keys.
                    unsafe { sort_few::<V, ROWS>(keys.as_ptr(), out.as_mut_ptr(), count, last) };
                    assert!(out.is_sorted() && out.iter().filter(|&&x| x == key(1)).count() == total);
                }
            }
        }
    }
    with_level(Level::Avx512, || {
        if level() >= Level::Avx2 {
            check::<Eight, 8>(i32::MAX, |x| x as i32);
            check::<Four, 8>(i64::MAX, |x| x as i64);
        }
        if level() == Level::Avx512 {
            check::<EightWide, 8>(i64::MAX, |x| x as i64);
            check::<Sixteen, 16>(i32::MAX, |x| x as i32);
        }
    });
}
