//! Patterns: `rearrange!`, `reduce!` and `repeat!` against plain loops over all names.
//!
//! Apart from `einsum.rs` because here axes are cut and joined: the reference finds every index by arithmetic.

mod reference;

use congruent::prelude::*;
use reference::{Outcome, Plain, assert_near, indices, outcome1, uniform};

dims! { A = ?, B = ?, C = ?, Rows = ?, Image = 12, Channels = 3 }

/// Sides of a pattern as groups of names.
fn side(text: &str) -> Vec<Vec<&str>> {
    let (mut axes, mut open) = (Vec::new(), false);
    for word in text.split_inclusive(['(', ')']).flat_map(|part| part.split_inclusive('(')) {
        let (word, closes, opens) = (word.trim_matches(['(', ')']), word.ends_with(')'), word.ends_with('('));
        let names = word.split_whitespace();
        if open {
            axes.push(names.filter(|name| *name != "1").collect());
        } else {
            axes.extend(names.map(|name| if name == "1" { vec![] } else { vec![name] }));
        }
        open = opens && !closes;
    }
    axes
}

/// A loop over all names: `visit(index of the operand, index of the result)`.
fn walk(pattern: &str, sizes: &[(&str, usize)], mut visit: impl FnMut(&[usize], &[usize])) -> [Vec<usize>; 2] {
    let (left, right) = pattern.split_once("->").expect("an arrow");
    let sides = [side(left), side(right)];
    let size = |name: &str| sizes.iter().find(|(own, _)| *own == name).expect("each name has a size").1;
    let all: Vec<usize> = sizes.iter().map(|(_, size)| *size).collect();
    for index in indices(&all) {
        let place = |name: &str| index[sizes.iter().position(|(own, _)| *own == name).expect("a name")];
        let at = |side: &Vec<Vec<&str>>| -> Vec<usize> {
            side.iter().map(|group| group.iter().fold(0, |i, name| i * size(name) + place(name))).collect()
        };
        visit(&at(&sides[0]), &at(&sides[1]));
    }
    sides.map(|side| side.iter().map(|group| group.iter().map(|name| size(name)).product()).collect())
}

/// Compares values and gradient of a pattern that moves or repeats.
#[track_caller]
fn moves(pattern: &str, sizes: &[(&str, usize)], x: &Plain, found: &Outcome) {
    let dims = walk(pattern, sizes, |_, _| ());
    assert_eq!([&x.dims, &found.y.dims], [&dims[0], &dims[1]], "{pattern}");
    let (mut y, mut slope) = (Plain::zeros(&dims[1]), Plain::zeros(&dims[0]));
    walk(pattern, sizes, |from, to| {
        let place = y.place(to);
        y.values[place] = x.at(from);
        slope.add(from, found.cotangent.at(to));
    });
    assert_eq!(found.y.values, y.values, "{pattern}");
    assert_near(&format!("{pattern}: gradient"), &found.gradients[0].values, &slope.values, 1e-13, 1.0);
}

macro_rules! moves {
    ($mac:ident; $($text:literal $(, $name:tt = $size:expr)* ; $x:expr, [$($axis:ident = $n:literal),*];)*) => {$({
        let x = uniform::<_, f64>($x, 1);
        let found = outcome1(&x, |x| $mac!(x, $text $(, $name = $size)*).boxed());
        moves($text, &[$((stringify!($axis), $n)),*], &Plain::from(&x), &found);
    })*};
}

#[test]
fn axes_are_moved_cut_and_joined() {
    moves! { rearrange;
        "a b -> b a"; (A(7), B(3)), [a = 7, b = 3];
        "a b -> a b"; (A(7), B(3)), [a = 7, b = 3];
        "b h w c -> b c h w"; (A(2), D::<3>, D::<4>, Channels), [b = 2, h = 3, w = 4, c = 3];
        "b (h w) c -> b c h w", h = D::<4>; (A(2), Image, D::<5>), [b = 2, h = 4, w = 3, c = 5];
        "b (h w) c -> b c h w", w = D::<4>; (A(2), Image, D::<5>), [b = 2, h = 3, w = 4, c = 5];
        "b (x y z) -> z b (y x)", x = D::<2>, z = D::<3>; (A(2), Image), [b = 2, x = 2, y = 2, z = 3];
        "b h w -> b (h w)"; (A(2), D::<3>, D::<4>), [b = 2, h = 3, w = 4];
        "b h w -> (w h) b"; (A(2), D::<3>, D::<4>), [b = 2, h = 3, w = 4];
        "b 1 h -> h b 1 1"; (A(2), D::<1>, D::<3>), [b = 2, h = 3];
        "h w -> (h w 1) ()"; (D::<3>, D::<4>), [h = 3, w = 4];
        "b (c h2 w2) h w -> b c (h h2) (w w2)", h2 = D::<2>, w2 = D::<2>;
            (A(1), D::<12>, D::<3>, D::<2>), [b = 1, c = 3, h2 = 2, w2 = 2, h = 3, w = 2];
        "b h w -> (h w) b"; (A(0), D::<3>, D::<4>), [b = 0, h = 3, w = 4];
    }
}

/// Sizes that only the run knows: all parts are given, or the length of the joined axes.
#[test]
fn run_time_sizes_are_given() {
    let x = uniform::<_, f64>((Rows(6), D::<4>), 1);
    let found = outcome1(&x, |x| rearrange!(x, "(b t) c -> t b c", b = A(2), t = B(3)).boxed());
    moves("(b t) c -> t b c", &[("b", 2), ("t", 3), ("c", 4)], &Plain::from(&x), &found);
    let x = uniform::<_, f64>((A(2), B(3), D::<4>), 1);
    let found = outcome1(&x, |x| rearrange!(x, "b t c -> (b t) c", (b t) = Rows(6)).boxed());
    moves("b t c -> (b t) c", &[("b", 2), ("t", 3), ("c", 4)], &Plain::from(&x), &found);
    let flat: Tensor<(Rows, D<4>), f64> = rearrange!(&x, "b t c -> (b t) c", (b t) = Rows(6)).eval();
    assert_eq!(flat.shape(), (Rows(6), D));
    let error = attempt(|| rearrange!(&x, "b t c -> (b t) c", (b t) = Rows(7)).eval()).unwrap_err();
    assert_eq!(error.to_string(), "rearrange: run-time sizes differ: left is (A = 2, B = 3), right is (Rows = 7,)");
    assert!(attempt(|| rearrange!(&flat, "(b t) c -> b t c", b = A(4), t = B(2)).eval()).is_err());
}

#[test]
fn axes_are_repeated() {
    moves! { repeat;
        "h w -> h w c", c = Channels; (A(2), D::<4>), [h = 2, w = 4, c = 3];
        "h w -> c h w", c = Channels; (A(2), D::<4>), [h = 2, w = 4, c = 3];
        "h w -> h (w c)", c = D::<2>; (A(2), D::<4>), [h = 2, w = 4, c = 2];
        "h w -> (h h2) (w w2)", h2 = D::<2>, w2 = D::<3>; (D::<2>, D::<4>), [h = 2, w = 4, h2 = 2, w2 = 3];
        "-> b", b = B(5); (), [b = 5];
        "(h w) -> w b h 1", b = B(2), h = D::<2>; (Image,), [h = 2, w = 6, b = 2];
    }
}

#[test]
fn axes_are_reduced() {
    let x = uniform::<_, f64>((A(3), D::<4>, Image), 1);
    let plain = Plain::from(&x);
    macro_rules! reduces {
        ($($how:ident, $start:expr, |$a:ident, $b:ident| $join:expr, $scale:expr;)*) => {$({
            let sizes = [("b", 3), ("h", 2), ("i", 2), ("w", 6), ("j", 2)];
            let pattern = "b (h i) (w j) -> w (b h)";
            let found: Tensor<(D<6>, Rows), f64> =
                reduce!(&x, $how, "b (h i) (w j) -> w (b h)", i = D::<2>, j = D::<2>, (b h) = Rows(6)).eval();
            let mut y = Plain::from_fn(&[6, 6], |_| $start);
            walk(pattern, &sizes, |from, to| {
                let place = y.place(to);
                let ($a, $b) = (y.values[place], plain.at(from));
                y.values[place] = $join;
            });
            y.values.iter_mut().for_each(|value| *value *= $scale);
            assert_near(stringify!($how), &Plain::from(&found).values, &y.values, 1e-13, 1.0);
        })*};
    }
    reduces! {
        sum, 0.0, |a, b| a + b, 1.0;
        mean, 0.0, |a, b| a + b, 0.25;
        prod, 1.0, |a, b| a * b, 1.0;
        max, f64::NEG_INFINITY, |a, b| a.max(b), 1.0;
        min, f64::INFINITY, |a, b| a.min(b), 1.0;
    }
    let found = outcome1(&x, |x| reduce!(x, mean, "b h w -> w").boxed());
    let slope = Plain::from_fn(&plain.dims, |i| found.cotangent.values[i[2]] / 12.0);
    assert_near("mean: gradient", &found.gradients[0].values, &slope.values, 1e-13, 1.0);
    assert_eq!(reduce!(&x, sum, "b h w -> w b h").eval(), rearrange!(&x, "b h w -> w b h").eval());
}

/// Views and expressions that are not in memory yet.
#[test]
fn operands_of_any_layout() {
    let x = uniform::<_, f64>((D::<4>, D::<6>), 1);
    let found = outcome1(&x, |x| rearrange!((x * 1.0).t(), "(a b) c -> c b a", a = D::<2>).boxed());
    let turned = Plain::from(&x).permuted(&[1, 0]);
    let expected = Plain::from_fn(&[4, 3, 2], |i| turned.at(&[i[2] * 3 + i[1], i[0]]));
    assert_eq!(found.y, expected);
    let slope = Plain::from_fn(&[4, 6], |i| found.cotangent.at(&[i[0], i[1] % 3, i[1] / 3]));
    assert_eq!(found.gradients[0], slope);
}

/// `...` written out as names, for the reference.
macro_rules! unnamed {
    ($mac:ident; $($text:literal is $meant:literal $(, $name:tt = $size:expr)* ; $x:expr,
        [$($axis:ident = $n:literal),*];)*) => {$({
        let x = uniform::<_, f64>($x, 1);
        let found = outcome1(&x, |x| $mac!(x, $text $(, $name = $size)*).boxed());
        moves($meant, &[$((stringify!($axis), $n)),*], &Plain::from(&x), &found);
    })*};
}

#[test]
fn axes_without_a_name() {
    unnamed! { rearrange;
        "... h w -> ... (h w)" is "a b h w -> a b (h w)"; (A(2), B(3), D::<3>, D::<4>), [a = 2, b = 3, h = 3, w = 4];
        "... h w -> ... (h w)" is "h w -> (h w)"; (D::<3>, D::<4>), [h = 3, w = 4];
        "... (h w) -> h ... w" is "a b (h w) -> h a b w", h = D::<4>;
            (A(2), B(3), Image), [a = 2, b = 3, h = 4, w = 3];
        "h ... w -> w ... h" is "h a w -> w a h"; (A(2), B(3), D::<4>), [h = 2, a = 3, w = 4];
        "... -> ..." is "a b -> a b"; (A(2), B(3)), [a = 2, b = 3];
        "b ... -> b (...)" is "b c d e -> b (c d e)"; (A(2), D::<2>, D::<3>, D::<4>), [b = 2, c = 2, d = 3, e = 4];
        "b ... c -> (... c) b" is "b c -> (c) b"; (A(2), D::<4>), [b = 2, c = 4];
        "b ... -> b (...) 1" is "b -> b 1 1"; (A(2),), [b = 2];
        "... c -> (...) c" is "a c -> (a) c"; (A(2), D::<4>), [a = 2, c = 4];
        "1 ... -> ... 1 1" is "1 a b -> a b 1 1"; (D::<1>, A(2), B(3)), [a = 2, b = 3];
        "... 1 -> ..." is "a b 1 -> a b"; (A(2), B(3), D::<1>), [a = 2, b = 3];
    }
    unnamed! { repeat;
        "... w -> ... w c" is "a b w -> a b w c", c = Channels; (A(2), B(3), D::<4>), [a = 2, b = 3, w = 4, c = 3];
        "... -> c ..." is "a -> c a", c = Channels; (A(2),), [a = 2, c = 3];
        "... w -> ... (w c)" is "a w -> a (w c)", c = D::<2>; (A(2), D::<4>), [a = 2, w = 4, c = 2];
    }
}

#[test]
fn axes_without_a_name_are_reduced_and_joined() {
    let x = uniform::<_, f64>((A(2), B(3), D::<4>), 1);
    assert_eq!(reduce!(&x, sum, "... h -> h").eval(), x.sum_axes::<Axes![0, 1]>().eval());
    assert_eq!(reduce!(&x, max, "... -> ").eval(), x.max().eval());
    assert_eq!(reduce!(&x, mean, "b ... -> b").eval(), x.mean_axes::<Axes![1, 2]>().eval());
    assert_eq!(reduce!(&x, min, "... h -> ...").eval(), x.min_axis::<-1>().eval());
    let halves = reduce!(&x, prod, "b ... (h i) -> h b", i = D::<2>).eval();
    let expected = x.reshape((A(2), B(3), D::<2>, D::<2>)).prod_axes::<Axes![1, 3]>().t().eval();
    assert_near("prod", &Plain::from(&halves).values, &Plain::from(&expected).values, 1e-14, 1.0);
    let flat: Tensor<(Rows, D<4>), f64> = rearrange!(&x, "... c -> (...) c", (...) = Rows(6)).eval();
    assert_eq!((flat.shape(), flat.as_slice()), ((Rows(6), D), x.as_slice()));
    let mixed: Tensor<(Rows, A), f64> = rearrange!(&x, "b ... c -> (... c) b", (... c) = Rows(12)).eval();
    assert_eq!(mixed, x.reshape((A(2), Rows(12))).t().eval());
    let error = attempt(|| rearrange!(&x, "... c -> (...) c", (...) = Rows(7)).eval()).unwrap_err();
    assert_eq!(error.to_string(), "rearrange: run-time sizes differ: left is (A = 2, B = 3), right is (Rows = 7,)");
}
