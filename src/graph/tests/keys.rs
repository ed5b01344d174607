//! Keys find their values as long as these are there, and what is let go may use the table.
#![allow(unsafe_code, reason = "memory with an owner that uses the table")]

use super::super::table::Owner;
use crate::device::Buf;

#[test]
fn a_key_finds_its_value_until_the_owner_goes() {
    let owner = Owner::new(Buf::from_slice(&[1.0f32, 2.0]));
    let key = owner.key();
    assert_eq!(key.value::<f32>().host(), [1.0, 2.0]);
    key.put_gradient(Buf::from_slice(&[3.0f32]));
    assert_eq!(key.take_gradient::<f32>().unwrap().host(), [3.0]);
    drop(owner);
    let next = Owner::new(Buf::from_slice(&[5.0f32]));
    assert_ne!(next.key(), key, "the slot is used again under another generation");
    assert!(std::panic::catch_unwind(|| key.value::<f32>()).is_err());
}

/// Gradients add up: the second one and the first go to the caller. Of statistics the last one stays.
#[test]
fn what_arrives_twice_is_merged_or_replaced() {
    let owner = Owner::new(Buf::from_slice(&[0.0f32]));
    let key = owner.key();
    assert!(key.add_gradient(Buf::from_slice(&[1.0f32])).is_none());
    let (there, new) = key.add_gradient(Buf::from_slice(&[2.0f32])).expect("both");
    assert_eq!((there.host(), new.host(), key.gradient::<f32>().is_none()), (&[1.0][..], &[2.0][..], true));
    for value in [3.0, 4.0, 5.0] {
        key.put_gradient(Buf::from_slice(&[value]));
        assert_eq!(key.gradient::<f32>().expect("the last one").host(), [value]);
    }
    assert_eq!(key.take_gradient::<f32>().expect("it stays until it is taken").host(), [5.0]);
    assert!(key.take_gradient::<f32>().is_none());
}

/// Uses the table when it is let go, as a device's memory may that evaluates something by then.
struct Uses;
impl Drop for Uses {
    fn drop(&mut self) {
        let owner = Owner::new(Buf::from_slice(&[1.0f32]));
        assert_eq!(owner.key().value::<f32>().host(), [1.0]);
    }
}

fn opaque(owner: impl Send + Sync + 'static) -> Buf<f32> {
    static ONE: f32 = 1.0;
    // SAFETY: a static is there for ever, and nobody writes to it.
    unsafe { Buf::opaque(std::ptr::NonNull::from(&ONE), 1, Box::new(owner)) }
}

/// It is used once more on the way.
#[test]
fn what_a_thread_leaves_goes_with_it() {
    let left = std::sync::Arc::new(());
    let owner = (left.clone(), Uses);
    std::thread::spawn(|| std::mem::forget(Owner::new(opaque(owner)))).join().expect("it ends");
    assert_eq!(std::sync::Arc::strong_count(&left), 1);
}

#[test]
fn owners_of_gradients_may_use_the_table_when_they_are_let_go() {
    let owner = Owner::new(Buf::from_slice(&[0.0f32]));
    let key = owner.key();
    (0..3).for_each(|_| key.put_gradient(opaque(Uses)));
    drop(owner);
    key.put_gradient(opaque(Uses));
    assert!(key.add_gradient(opaque(Uses)).is_none());
}

/// Whoever has a key of a closed value in a leaf already goes on with it.
#[test]
fn a_closed_value_has_no_new_uses() {
    let owner = Owner::new(Buf::from_slice(&[1.0f32]));
    let key = owner.key();
    key.close();
    assert!(std::panic::catch_unwind(|| key.value::<f32>()).is_err());
    assert!(key.add_gradient(Buf::from_slice(&[3.0f32])).is_none());
    assert_eq!(key.take_gradient::<f32>().expect("it arrives").host(), [3.0]);
    drop(owner);
    assert_eq!(Owner::new(Buf::from_slice(&[5.0f32])).key().value::<f32>().host(), [5.0], "the place is open again");
}
