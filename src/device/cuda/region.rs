//! Fused regions on the device: values, totals, gradients.
#![allow(unsafe_code, reason = "loops are given raw addresses that were checked against the frame")]

use super::compiled::Compiled;
use super::kernels::{Grid, THREADS, Text};
use super::module::Kernel;
use super::source::{Deposit, Purpose, RegionKey};
use super::sums::OverAxes;
use super::token::Cuda;
use crate::device::Storage;
use crate::dtype::{Elem, Real, Undefined};
use crate::loops::{Access, Body, Frame, TracedRegion};
use crate::memory::Buf;

static REGIONS: Compiled<RegionKey> = Compiled::none();

/// Elements of a block of a total, and blocks at most: by size alone, so that the bits are the same on every device.
const EACH: usize = 4096;
const MOST_PARTS: usize = 1024;

impl<const ORDINAL: usize> Cuda<ORDINAL> {
    #[track_caller]
    fn region(self, key: RegionKey) -> Kernel {
        REGIONS.kernel(self.runtime(), key, |key| (key.source(), "region"))
    }

    /// The values of a region, and the first element without one.
    ///
    /// # Safety
    /// As [`Device::evaluate`](crate::device::Device::evaluate) asks.
    #[track_caller]
    pub(super) unsafe fn values<E: Elem, B: Body<E>>(
        self,
        frame: &Frame,
        body: &B,
        out: *mut E,
    ) -> Result<(), (usize, Undefined)> {
        let region = TracedRegion::of(body);
        let key = RegionKey::of(&region, frame, Purpose::Value(E::NAME), Some(out.addr()));
        let fault = key.may_fault().then(|| self.filled(1, u64::MAX));
        let noted = fault.as_ref().map_or(0, |fault| self.address(fault) as usize);
        let words = key.layout().words(frame, &region, [out.addr(), noted], &[]);
        let grid = self.over(frame.len().div_ceil(key.side));
        // SAFETY: the caller's contract; the words are those that the key's loop reads.
        unsafe { self.launch(self.region(key), grid, &words) }
        match fault.map(|fault| self.download_scalar(&fault)) {
            None | Some(u64::MAX) => Ok(()),
            Some(noted) => {
                let reason = if noted & 1 == 1 { Undefined::DivisionByZero } else { Undefined::NegativePower };
                Err(((noted >> 2) as usize, reason))
            }
        }
    }

    /// `scale` times the sum of a region: parts in `f64`, added in their order.
    ///
    /// # Safety
    /// As [`Device::total`](crate::device::Device::total) asks.
    #[track_caller]
    pub(super) unsafe fn sum_of<E: Real, B: Body<E>>(self, frame: &Frame, body: &B, scale: f64) -> Buf<E> {
        let region = TracedRegion::of(body);
        let key = RegionKey::of(&region, frame, Purpose::Total, None);
        let count = frame.len().div_ceil(EACH).clamp(1, MOST_PARTS);
        let parts = self.unwritten::<f64>(count);
        let total = self.unwritten::<E>(1);
        let words = key.layout().words(frame, &region, [self.address(&parts) as usize, 0], &[]);
        let grid = Grid { blocks: [count, 1], threads: [THREADS, 1] };
        let finish = [1, self.address(&parts), self.address(&total), count as u64, scale.to_bits()];
        // SAFETY: the caller's contract; there is a part for each block, and one block that adds them.
        unsafe {
            self.launch(self.region(key), grid, &words);
            let grid = Grid { blocks: [1, 1], threads: [THREADS, 1] };
            self.run((Text::Sums(E::NAME), "finish_total"), grid, &finish);
        }
        total
    }

    /// Reverse mode through a region. What several elements of it give to one place is kept first, and summed then.
    ///
    /// # Safety
    /// As [`Device::pull`](crate::device::Device::pull) asks.
    #[track_caller]
    pub(super) unsafe fn gradients<E: Real, B: Body<E>, G: Body<E>>(self, frame: &Frame, body: &B, seed: &G) {
        let region = TracedRegion::backwards(body, seed);
        let wide = size_of::<E::Wide>();
        let (mut deposits, mut targets, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for &(operand, gradient) in &region.gradients {
            let access = &region.accesses[operand];
            let Some(place) = access.gradient else { continue };
            let deposit = match place.add {
                _ if place.partial || meets_itself(access, frame) => Deposit::Kept,
                true => Deposit::Added,
                false => Deposit::Written,
            };
            if deposit == Deposit::Kept {
                let memory = self.unwritten::<u8>(frame.len().saturating_mul(wide));
                targets.push(self.address(&memory) as usize);
                kept.push((memory, *access, place));
            } else {
                targets.push(place.address);
            }
            deposits.push((operand, gradient.place(), deposit));
        }
        if deposits.is_empty() {
            return;
        }
        let key = RegionKey::of(&region, frame, Purpose::Gradients(deposits), None);
        let words = key.layout().words(frame, &region, [0, 0], &targets);
        // SAFETY: the caller's contract; what is kept has room for each element of the frame.
        unsafe { self.launch(self.region(key), self.over(frame.len()), &words) }
        for (memory, access, place) in kept {
            let sum = OverAxes::of(frame, &access, place);
            // SAFETY: the memory has the frame's elements, and the places of the operand are those of its gradient.
            unsafe { self.sum_axes::<E>(&sum, self.address(&memory), place.address as u64) }
        }
    }
}

/// Whether several elements of the frame belong to one place of an operand.
fn meets_itself(access: &Access, frame: &Frame) -> bool {
    let loops = [(frame.inner(), access.step)].into_iter().chain(frame.outer().iter().copied().zip(access.outer));
    !OverAxes::nests(loops)
}
