//! Values added at the places of axes: as the processor does, bit for bit.

use crate::cuda::Cuda;
use crate::device::{CopyWork, Cpu, Storage};
use crate::dtype::Real;
use crate::elements::{called, for_each_float};
use crate::layout::Axes;
use crate::loops::count_product;

fn numbers<E: Real>(len: usize, seed: usize) -> Vec<E> {
    (0..len).map(|i| E::of_f64(((i * 37 + seed) % 101) as f64 * 0.37 - 18.0)).collect()
}

fn check<E: Real>(axes: Axes, offset: usize, len: usize) {
    let device = Cuda::<0>::open().expect("a device");
    let (values, target) = (numbers::<E>(count_product(&axes.size), 1), numbers::<E>(len, 5));
    let (mut here, mut there) = (Cpu.upload(&target), device.upload(&target));
    let shared = there.clone();
    Cpu.add_strided(&mut here, offset, &axes, &Cpu.upload(&values));
    device.add_strided(&mut there, offset, &axes, &device.upload(&values));
    let bits = |values: &[E]| values.iter().map(|x| x.as_f64().to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&device.download(&there)), bits(here.host()), "{} {axes:?} from {offset}", E::NAME);
    assert_eq!(bits(&device.download(&shared)), bits(&target), "what shares the memory");
}

/// In order, across, within, backwards; windows that overlap; stretched and empty axes; many on one place.
fn check_all<E: Real>() {
    for (axes, offset, len) in [
        (Axes::last([3, 4], [4, 1]), 0, 12),
        (Axes::last([3, 4], [4, 1]), 2, 20),
        (Axes::last([4, 3], [1, 4]), 0, 12),
        (Axes::last([2, 3, 4], [10, 0, -3]), 9, 25),
        (Axes::last([5, 3], [1, 1]), 1, 9),
        (Axes::last([2, 3, 4, 3, 3], [40, 8, 1, 8, 1]), 3, 90),
        (Axes::last([3, 5, 3], [-9, 2, -1]), 22, 40),
        (Axes::last([7, 6], [0, 0]), 2, 3),
        (Axes::last([4, 0], [1, 1]), 0, 3),
        (Axes::last([2, 2, 2, 2, 2, 2, 2, 2], [1, 2, 1, 3, 1, 2, 0, 1]), 0, 12),
        (Axes::last([], []), 4, 5),
        (Axes::last([1021, 17], [1, 1]), 0, 1037),
        (Axes::last([4096], [0]), 0, 1),
    ] {
        check::<E>(axes, offset, len);
    }
}

#[test]
fn values_are_added_as_on_the_processor() {
    let Some(_) = super::device(0) else { return };
    for_each_float!(called check_all());
}
