//! From Fortran order, whose first axis is contiguous, to C order, whose last axis is.
//!
//! Apart from the reading because the elements are moved as they come, each to its place: no second copy of the array.

/// Where the next element of a stream in Fortran order belongs.
pub(super) struct ToCOrder {
    size: usize,
    /// Length of each axis, its distance in elements, and where we are; axes of length 1 move nothing and are left out,
    /// so that a step takes two of these on average.
    axes: Vec<[usize; 3]>,
    place: usize,
}

impl ToCOrder {
    pub(super) fn new(size: usize, shape: &[usize]) -> Self {
        let mut distance = 1;
        let mut axes: Vec<[usize; 3]> = Vec::new();
        for &dim in shape.iter().rev().filter(|&&dim| dim != 1) {
            axes.push([dim, distance, 0]);
            distance *= dim;
        }
        axes.reverse();
        Self { size, axes, place: 0 }
    }

    /// Puts the next elements to their places.
    pub(super) fn put(&mut self, elements: &[u8], array: &mut [u8]) {
        match self.size {
            1 => self.put_all::<1>(elements, array),
            2 => self.put_all::<2>(elements, array),
            4 => self.put_all::<4>(elements, array),
            _ => self.put_all::<8>(elements, array),
        }
    }

    fn put_all<const N: usize>(&mut self, elements: &[u8], array: &mut [u8]) {
        let (elements, array) = (elements.as_chunks::<N>().0, array.as_chunks_mut::<N>().0);
        for element in elements {
            array[self.place] = *element;
            for [dim, distance, at] in &mut self.axes {
                *at += 1;
                self.place += *distance;
                if *at < *dim {
                    break;
                }
                self.place -= *distance * *dim;
                *at = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_every_size_find_their_places() {
        // a[i, 0, j, k] = 100 i + 10 j + k of shape (2, 1, 3, 2), the first axis fastest.
        let fortran: Vec<u64> =
            (0..2).flat_map(|k| (0..3).flat_map(move |j| (0..2).map(move |i| 100 * i + 10 * j + k))).collect();
        let ordered = [0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121];
        for size in [1, 2, 4, 8] {
            let bytes = |values: &[u64]| -> Vec<u8> {
                values.iter().flat_map(|value| value.to_le_bytes().into_iter().take(size)).collect()
            };
            let (elements, mut array) = (bytes(&fortran), vec![0; 12 * size]);
            let mut order = ToCOrder::new(size, &[2, 1, 3, 2]);
            let (first, rest) = elements.split_at(5 * size);
            order.put(first, &mut array);
            order.put(rest, &mut array);
            assert_eq!(array, bytes(&ordered), "{size}");
        }
    }
}
