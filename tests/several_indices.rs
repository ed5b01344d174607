//! `index`, `index_put` and `index_put_add`: several tensors of indices against plain loops, with gradients.
//!
//! Apart from `indexing.rs` because the reference is one loop over the indices as they meet.

mod reference;

use congruent::prelude::*;
use reference::{Plain, assert_near, indices, joined, outcome1, outcome2, uniform};

dims! { A = ?, B = ?, C = ?, Picks = ? }

/// For each place of the indices, and of the axes that stay: its index in the result, and in the tensor.
fn places(x: &[usize], ids: &[Plain]) -> (Vec<usize>, Vec<(Vec<usize>, Vec<usize>)>) {
    let met = ids.iter().fold(Vec::new(), |met, ids| joined(&met, &ids.dims));
    let dims = [&met[..], &x[ids.len()..]].concat();
    let source = |index: &Vec<usize>| {
        let (place, rest) = index.split_at(met.len());
        let counted = ids.iter().zip(x).map(|(ids, &len)| match ids.at(place) as i64 {
            id if id < 0 => (id + len as i64) as usize,
            id => id as usize,
        });
        counted.chain(rest.iter().copied()).collect()
    };
    let all = indices(&dims).map(|index| (index.clone(), source(&index))).collect();
    (dims, all)
}

/// Compares all three methods, and their gradients, with the loop.
macro_rules! check {
    ($x:expr, $shape:expr, $($name:ident = $ids:expr),*) => {{
        let (x, src) = (uniform::<_, f64>($x, 1), uniform::<_, f64>($shape, 2));
        $(let $name = $ids;)*
        let plain = vec![$(Plain::from(&$name)),*];
        let (x_plain, src_plain) = (Plain::from(&x), Plain::from(&src));
        let (dims, places) = places(&x_plain.dims, &plain);
        assert_eq!(dims, src_plain.dims);

        let found = outcome1(&x, |x| x.index(($(&$name,)*)).boxed());
        let from = |to: &[usize]| &places.iter().find(|(own, _)| own == to).unwrap().1;
        assert_eq!(found.y, Plain::from_fn(&dims, |to| x_plain.at(from(&to))));
        let mut slope = Plain::zeros(&x_plain.dims);
        places.iter().for_each(|(to, from)| slope.add(from, found.cotangent.at(to)));
        assert_near("index: gradient", &found.gradients[0].values, &slope.values, 1e-14, 1.0);

        let found = outcome2((&x, &src), |x, src| x.index_put(($(&$name,)*), src).boxed());
        let (mut y, mut own, mut to_src) = (x_plain.clone(), found.cotangent.clone(), Plain::zeros(&dims));
        for (to, from) in &places {
            let (place, last) = (y.place(from), places.iter().rfind(|(_, other)| other == from).unwrap());
            y.values[place] = src_plain.at(to);
            own.values[place] = 0.0;
            to_src.add(to, if last.0 == *to { found.cotangent.at(from) } else { 0.0 });
        }
        assert_eq!(found.y, y);
        assert_eq!(found.gradients, [own, to_src]);

        let found = outcome2((&x, &src), |x, src| x.index_put_add(($(&$name,)*), src).boxed());
        let (mut y, mut to_src) = (x_plain.clone(), Plain::zeros(&dims));
        for (to, from) in &places {
            y.add(from, src_plain.at(to));
            to_src.add(to, found.cotangent.at(from));
        }
        assert_near("index_put_add", &found.y.values, &y.values, 1e-14, 1.0);
        assert_eq!(found.gradients, [found.cotangent.clone(), to_src]);
    }};
}

/// Indices in `-len..len`.
fn ids<S: Shape>(shape: S, len: i64, seed: u64) -> Tensor<S, i64> {
    Cpu.randint(shape, Key::new(seed), -len, len).expect("a range")
}

#[test]
fn indices_of_one_shape() {
    check!((A(7),), (Picks(17),), i = ids((Picks(17),), 7, 1));
    check!((A(7), B(3)), (Picks(17),), i = ids((Picks(17),), 7, 1), j = ids((Picks(17),), 3, 2));
    check!((A(7), B(3), D::<4>), (Picks(5), D::<4>), i = ids((Picks(5),), 7, 1), j = ids((Picks(5),), 3, 2));
    check!((A(7), D::<4>), (B(2), Picks(3), D::<4>), i = ids((B(2), Picks(3)), 7, 1));
    check!(
        (A(7), B(3), C(2), D::<4>),
        (Picks(6), D::<4>),
        i = ids((Picks(6),), 7, 1),
        j = ids((Picks(6),), 3, 2),
        k = ids((Picks(6),), 2, 3)
    );
    check!(
        (A(2), B(3), C(2), D::<4>),
        (D::<5>,),
        i = ids((D::<5>,), 2, 1),
        j = ids((D::<5>,), 3, 2),
        k = ids((D::<5>,), 2, 3),
        l = ids((D::<5>,), 4, 4)
    );
}

/// As `x[i[:, None], j]` in NumPy; none at all, and a single index.
#[test]
fn indices_meet_as_operands_do() {
    check!((A(7), B(3)), (Picks(5), D::<4>), i = ids((Picks(5), D::<1>), 7, 1), j = ids((D::<4>,), 3, 2));
    check!((A(7), B(3)), (Picks(5), D::<4>), i = ids((D::<4>,), 7, 1), j = ids((Picks(5), D::<1>), 3, 2));
    check!((A(7), B(3), D::<2>), (D::<2>,), i = ids((), 7, 1), j = ids((), 3, 2));
    check!((A(7), B(3), D::<2>), (D::<4>, D::<2>), i = ids((), 7, 1), j = ids((D::<4>,), 3, 2));
    check!((A(7), B(3)), (Picks(0),), i = ids((Picks(0),), 7, 1), j = ids((Picks(0),), 3, 2));
    check!((A(7), B(0)), (Picks(5), B(0)), i = ids((Picks(5),), 7, 1));
}

#[test]
fn every_element_type_takes_part() {
    let (i, j) = (Cpu.tensor_of::<u8, _>([1, 0]), Cpu.tensor_of::<i32, _>([-1, 0]));
    let x: Tensor<Shape![2, 3], i64> = Cpu.tensor([[1, 2, 3], [4, 5, 6]]);
    let picked: Tensor<Shape![2], i64> = x.index((&i, &j)).eval();
    assert_eq!(picked.as_slice(), [6, 1]);
    assert_eq!(x.index_put((&i, &j), &Cpu.tensor([8, 9])).eval().as_slice(), [9, 2, 3, 4, 5, 8]);
    let mask = Cpu.tensor_of::<bool, _>([[true, false], [false, false]]);
    assert_eq!(mask.index((&i, &Cpu.tensor([0, 0]))).eval().as_slice(), [false, true]);
}

#[test]
fn mistakes_are_told_with_their_numbers() {
    let x = uniform::<_, f64>((A(7), B(3)), 1);
    let say = |i: [i64; 2], j: [i64; 2]| {
        attempt(|| x.index((&Cpu.tensor(i), &Cpu.tensor(j))).eval()).unwrap_err().to_string()
    };
    assert_eq!(say([0, 7], [0, 0]), "index 7 at position 1 is outside of an axis of length 7");
    assert_eq!(say([0, 0], [-4, 0]), "index -4 at position 0 is outside of an axis of length 3");
    let (i, j) = (ids((Picks(3),), 7, 1), ids((Picks(4),), 3, 2));
    assert!(attempt(|| x.index((&i, &j)).eval()).unwrap_err().to_string().contains("Picks = 3"));
    let error = attempt(|| x.index_put((&i, &i), &uniform::<_, f64>((Picks(5),), 2)).eval()).unwrap_err();
    assert_eq!(error.to_string(), "index_put: run-time sizes differ: left is (Picks = 3,), right is (Picks = 5,)");
}
