//! Memory, and bytes on their way to it and from it.
#![allow(unsafe_code, reason = "device memory is reached by address")]

use super::device;
use crate::error::DeviceError;

#[test]
fn bytes_come_back_as_they_went() {
    let Some(device) = device(0) else { return };
    for len in [1, 255, 256, 100_003] {
        let bytes: Vec<u8> = (0..len).map(|i| (i * 7 % 251) as u8).collect();
        let block = device.allocate(len).unwrap();
        assert_eq!((block.bytes(), block.address() % 256), (len, 0));
        block.write(&bytes).unwrap();
        let copy = block.duplicate().unwrap();
        assert_ne!(copy.address(), block.address());
        block.fill_zero().unwrap();
        let (mut there, mut zeros) = (vec![1; len], vec![1; len]);
        copy.read(&mut there).unwrap();
        block.read(&mut zeros).unwrap();
        assert!(there == bytes && zeros.iter().all(|byte| *byte == 0), "{len}");
    }
}

#[test]
fn nothing_takes_no_memory() {
    let Some(device) = device(0) else { return };
    let block = device.allocate(0).unwrap();
    assert!(block.address() != 0 && block.address() % 256 == 0 && block.bytes() == 0);
    block.write(&[]).unwrap();
    block.fill_zero().unwrap();
    block.duplicate().unwrap().read(&mut []).unwrap();
}

#[test]
fn a_part_of_a_block_is_reached_by_its_address() {
    let Some(device) = device(0) else { return };
    let block = device.allocate(16).unwrap();
    block.write(&[1; 16]).unwrap();
    let mut bytes = [9; 16];
    // SAFETY: all of them are places of the block.
    unsafe {
        device.write(block.address() + 4, &[2; 4]).unwrap();
        device.fill_zero(block.address() + 8, 4).unwrap();
        device.copy(block.address() + 4, block.address() + 12, 2).unwrap();
        device.read(block.address() + 1, &mut bytes[1..]).unwrap();
    }
    assert_eq!(bytes, [9, 1, 1, 1, 2, 2, 2, 2, 0, 0, 0, 0, 2, 2, 1, 1]);
}

#[test]
fn blocks_are_dropped_on_any_thread() {
    let Some(device) = device(0) else { return };
    let blocks: Vec<_> = (1..100).map(|bytes| device.allocate(bytes).unwrap()).collect();
    std::thread::spawn(move || drop(blocks)).join().unwrap();
    device.synchronize().unwrap();
}

#[test]
fn memory_that_is_not_there_is_an_error_and_kept_memory_is_given_back_first() {
    let Some(device) = device(0) else { return };
    let memory = device.memory().unwrap();
    for requested in [memory.total + 1, usize::MAX / 2] {
        match device.allocate(requested).err() {
            Some(DeviceError::OutOfMemory { requested: told, free }) => assert!(told == requested && free > 0),
            other => panic!("{other:?}"),
        }
    }
    // What is given back is kept for reuse; it must not stand in the way of a larger piece.
    let half = memory.free / 2;
    drop(device.allocate(half).unwrap());
    drop(device.allocate(half + half / 4).unwrap());
    drop(device.allocate(half).unwrap());
    device.release_unused().unwrap();
    assert!(device.memory().unwrap().free > half);
}

#[test]
fn two_devices_have_memory_of_their_own() {
    let (Some(here), Some(there)) = (device(0), device(1)) else { return };
    let (a, b) = (here.allocate(8).unwrap(), there.allocate(8).unwrap());
    a.write(&[1; 8]).unwrap();
    b.write(&[2; 8]).unwrap();
    let (mut from_a, mut from_b) = ([0; 8], [0; 8]);
    a.read(&mut from_a).unwrap();
    b.read(&mut from_b).unwrap();
    assert_eq!((from_a, from_b), ([1; 8], [2; 8]));
    here.check().unwrap();
    there.check().unwrap();
    assert_eq!((a.runtime().ordinal, b.runtime().ordinal), (0, 1));
}
