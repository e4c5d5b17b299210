"""Expression data sets of many layouts, as one frozen struct of arrays."""

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError
from analyzer.faces.alignment import FER_CHIP, chip_transform
from analyzer.faces.pose import head_pose
from analyzer.types import EMOTIONS

FACE_PX = 48

FER2013_ORDER = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
RAFDB_ORDER = ("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral")
AFFECTNET_ORDER = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "angry", "contempt")

# Names that data sets give to our seven classes.
_ALIASES = {
    "anger": "angry",
    "happiness": "happy",
    "happines": "happy",
    "joy": "happy",
    "sadness": "sad",
    "surprised": "surprise",
    "fearful": "fear",
    "disgusted": "disgust",
    **{name: name for name in EMOTIONS},
}
_USAGES = {"Training": 0, "PublicTest": 1, "PrivateTest": 2}
_PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".webp"}


@dataclass(frozen=True)
class EmotionData:
    """N faces with labels and other known values.

    `faces` uint8 (N, 48, 48) grey; `label` int8 (N,), index into EMOTIONS or -1; `votes` float32
    (N, 10), the FER+ votes for EMOTIONS, contempt, unknown and not-a-face in this order (zeros:
    no votes); `usage` uint8 (N,), 0 training, 1 public test, 2 private test; `landmarks` float32
    (N, 5, 2), `chip` float32 (N, 2, 3), the aligning transform of each face, and `yaw` float32 (N,)
    of the head in degrees, all NaN where none were found.
    """

    faces: NDArray[np.uint8]
    label: NDArray[np.int8]
    votes: NDArray[np.float32]
    usage: NDArray[np.uint8]
    chip: NDArray[np.float32]
    yaw: NDArray[np.float32]
    landmarks: NDArray[np.float32]

    def __post_init__(self) -> None:
        count = len(self.faces)
        if self.faces.shape != (count, FACE_PX, FACE_PX) or self.faces.dtype != np.uint8:
            raise ValueError(
                f"expected uint8 faces (N, {FACE_PX}, {FACE_PX}), "
                f"got {self.faces.dtype} {self.faces.shape}"
            )
        shapes = {"label": (), "votes": (10,), "usage": (), "chip": (2, 3), "yaw": ()}
        shapes["landmarks"] = (5, 2)
        for name, shape in shapes.items():
            if getattr(self, name).shape != (count, *shape):
                got = getattr(self, name).shape
                raise ValueError(f"expected {name} {(count, *shape)}, got {got}")

    def __len__(self) -> int:
        return len(self.faces)

    def take(self, which: NDArray[Any]) -> "EmotionData":
        """Return the faces selected by a boolean mask or by indices."""
        return EmotionData(*(getattr(self, one.name)[which] for one in fields(self)))


def make(
    faces: NDArray[np.uint8],
    label: NDArray[Any] | None = None,
    votes: NDArray[Any] | None = None,
    usage: NDArray[Any] | None = None,
) -> EmotionData:
    """Return faces with defaults: label -1, no votes, usage training, no alignment."""
    count = len(faces)
    return EmotionData(
        faces,
        np.full(count, -1, np.int8) if label is None else label.astype(np.int8),
        np.zeros((count, 10), np.float32) if votes is None else votes.astype(np.float32),
        np.zeros(count, np.uint8) if usage is None else usage.astype(np.uint8),
        np.full((count, 2, 3), np.nan, np.float32),
        np.full(count, np.nan, np.float32),
        np.full((count, 5, 2), np.nan, np.float32),
    )


def load(path: Path) -> EmotionData:
    """Load any layout: .npz, FER2013's .csv, RAF-DB, AffectNet or one folder per class.

    Raises AnalyzerError if nothing usable is found.
    """
    if not path.exists():
        raise AnalyzerError(f"{path}: no such data set; give an .npz, a .csv or a folder")
    if path.suffix == ".npz":
        return load_npz(path)
    if path.suffix == ".csv":
        return load_fer2013_csv(path)
    if path.is_dir():
        return load_folder(path)
    raise AnalyzerError(f"{path}: not a data set; give an .npz, a .csv or a folder")


def load_npz(path: Path) -> EmotionData:
    """Load FER2013 with FER+ votes from an .npz (`images`; any of `label`, `votes`, `usage`)."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
    except (OSError, ValueError) as error:
        raise AnalyzerError(f"{path}: not a readable .npz ({error})") from error
    if "images" not in arrays:
        raise AnalyzerError(f"{path}: expected an array 'images' in it, got {sorted(arrays)}")
    label = arrays.get("label")
    if label is not None:
        label = _reorder(label, FER2013_ORDER)
    votes = arrays.get("votes")
    if votes is not None:
        votes = _reorder_votes(votes, [str(name) for name in arrays["vote_names"]])
    return make(_as_faces(arrays["images"]), label, votes, arrays.get("usage"))


def _reorder(label: NDArray[Any], names: tuple[str, ...]) -> NDArray[np.int8]:
    """Return labels of another order as ours; other classes become -1."""
    table = [EMOTIONS.index(name) if name in EMOTIONS else -1 for name in names]
    return np.array([*table, -1], np.int8)[np.asarray(label, np.int64)]


def _reorder_votes(votes: NDArray[Any], names: list[str]) -> NDArray[np.float32]:
    order = [*EMOTIONS, "contempt", "unknown", "NF"]
    columns = [order.index(_ALIASES.get(name, name)) for name in names]
    ours = np.zeros((len(votes), 10), np.float32)
    ours[:, columns] = votes
    return ours


def _as_faces(pictures: NDArray[Any]) -> NDArray[np.uint8]:
    if pictures.ndim == 4:
        pictures = pictures[..., 0]
    if pictures.shape[1:] == (FACE_PX, FACE_PX):
        return np.ascontiguousarray(pictures, np.uint8)
    return np.stack([_resize(picture) for picture in pictures])


def _resize(picture: NDArray[Any]) -> NDArray[np.uint8]:
    shrinks = min(picture.shape[:2]) > FACE_PX
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (FACE_PX, FACE_PX), interpolation=way), np.uint8)


def load_fer2013_csv(path: Path) -> EmotionData:
    """Load the Kaggle file: columns emotion, pixels (2304 numbers) and Usage."""
    table = pd.read_csv(path, skipinitialspace=True)
    table.columns = table.columns.str.strip().str.lower()
    if not {"pixels", "emotion"} <= set(table.columns):
        raise AnalyzerError(f"{path}: expected the columns emotion and pixels")
    if table.empty:
        raise AnalyzerError(f"{path}: no faces in it")
    faces = np.stack([np.array(pixels.split(), np.uint8) for pixels in table["pixels"]])
    usage = (
        table["usage"].str.strip().map(_USAGES).fillna(0).to_numpy() if "usage" in table else None
    )
    label = _reorder(table["emotion"].to_numpy(), FER2013_ORDER)
    return make(faces.reshape(-1, FACE_PX, FACE_PX), label, None, usage)


def load_folder(root: Path) -> EmotionData:
    """Load RAF-DB, AffectNet or one folder per class, depending on the files found.

    RAF-DB: `list_patition_label.txt` (its own spelling) with aligned pictures, or class folders
    1..7. AffectNet: class folders 0..7, or `images/` with `annotations/*_exp.npy`. Parts named
    train, valid or test may lie above the class folders.
    """
    if next(root.rglob("list_patition_label.txt"), None):
        return load_rafdb(root)
    if next(root.rglob("annotations"), None):
        return load_affectnet(root)
    found: list[tuple[Path, int, int]] = []
    for folder in sorted(path for path in root.rglob("*") if path.is_dir()):
        emotion = _class_of(folder)
        if emotion is not None:
            usage = _usage_of(folder)
            found += [(path, emotion, usage) for path in _pictures(folder)]
    return _read_all(root, found)


def load_rafdb(root: Path) -> EmotionData:
    """Load RAF-DB: a list of `train_00001.jpg 5` and aligned pictures somewhere below."""
    listing = next(root.rglob("list_patition_label.txt"))
    pictures = {path.name: path for path in root.rglob("*") if path.suffix in _PICTURES}
    found = []
    for line in listing.read_text().splitlines():
        name, number = line.split()
        path = pictures.get(name.replace(".jpg", "_aligned.jpg")) or pictures.get(name)
        if path:
            emotion = EMOTIONS.index(RAFDB_ORDER[int(number) - 1])
            found.append((path, emotion, int(name.startswith("test"))))
    return _read_all(root, found)


def load_affectnet(root: Path) -> EmotionData:
    """Load AffectNet: images/ID.jpg beside annotations/ID_exp.npy (0..7, contempt dropped)."""
    found = []
    for note in sorted(root.rglob("*_exp.npy")):
        number = int(np.load(note, allow_pickle=False))
        picture = note.parent.parent / "images" / f"{note.stem.removesuffix('_exp')}.jpg"
        if picture.exists() and 0 <= number < 7:
            emotion = EMOTIONS.index(AFFECTNET_ORDER[number])
            found.append((picture, emotion, _usage_of(note.parent)))
    return _read_all(root, found)


def _class_of(folder: Path) -> int | None:
    """Return the index into EMOTIONS of a class folder, or None."""
    name = folder.name.lower()
    if name in _ALIASES:
        return EMOTIONS.index(_ALIASES[name])
    if not name.isdigit():
        return None
    siblings = {path.name for path in folder.parent.iterdir() if path.is_dir()}
    order = AFFECTNET_ORDER[:7] if "0" in siblings else ("", *RAFDB_ORDER)
    number = int(name)
    return EMOTIONS.index(order[number]) if number < len(order) and order[number] else None


def _usage_of(folder: Path) -> int:
    parts = {part.lower() for part in folder.parts[-3:]}
    if parts & {"privatetest", "private_test"}:
        return 2
    return int(bool(parts & {"test", "val", "valid", "validation", "publictest", "val_set"}))


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in _PICTURES)


def _read_all(root: Path, found: list[tuple[Path, int, int]]) -> EmotionData:
    faces, label, usage = [], [], []
    for path, emotion, part in found:
        picture = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_GRAYSCALE)
        if picture is None:
            raise AnalyzerError(f"{path}: not a readable picture; remove it from the data set")
        faces.append(_resize(picture))
        label.append(emotion)
        usage.append(part)
    if not faces:
        raise AnalyzerError(f"{root}: no pictures in folders named after emotions")
    return make(np.stack(faces), np.array(label), None, np.array(usage))


def merge(parts: list[EmotionData]) -> EmotionData:
    """Concatenate data sets in the given order."""
    names = [one.name for one in fields(EmotionData)]
    return EmotionData(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


def clean_votes(votes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return FER+ votes without single votes (Barsoum et al. 2016)."""
    return np.where(votes > 1, votes, 0).astype(np.float32)


def soft_targets(votes: NDArray[np.float32], least: float = 3) -> NDArray[np.float32]:
    """Return votes (N, 10) as probabilities (N, 7) over EMOTIONS; rows with few votes are NaN.

    Single votes are noise; contempt and unknown are left out. At least `least` votes must remain
    and not-a-face must not have the majority.
    """
    agreed = clean_votes(votes)
    ours = agreed[:, : len(EMOTIONS)]
    total = ours.sum(1, keepdims=True)
    usable = (total[:, 0] >= least) & (agreed[:, 9] < ours.max(1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(usable[:, None], ours / total, np.nan).astype(np.float32)


def plurality(votes: NDArray[np.float32]) -> NDArray[np.int8]:
    """Return the FER+ label (N,): the class with most of all ten columns, -1 if not ours.

    Contempt, unknown, not-a-face and ties are -1.
    """
    most = votes.max(1)
    single = (votes == most[:, None]).sum(1) == 1
    winner = votes.argmax(1)
    return np.where(single & (winner < len(EMOTIONS)) & (most > 0), winner, -1).astype(np.int8)


def hard_targets(label: NDArray[np.int8]) -> NDArray[np.float32]:
    """Return labels as one-hot rows (N, 7); NaN rows for label -1."""
    rows = np.eye(len(EMOTIONS), dtype=np.float32)[label]
    rows[label < 0] = np.nan
    return rows


def without_non_faces(data: EmotionData) -> EmotionData:
    """Drop pictures that most FER+ voters called not a face, and uniform pictures."""
    voted_out = (data.votes[:, 9] > 0) & (data.votes[:, 9] >= data.votes[:, :9].max(1))
    flat = data.faces.reshape(len(data), -1).std(1) < 1
    return data.take(~(voted_out | flat))


def with_landmarks(data: EmotionData, landmarks: NDArray[np.float32]) -> EmotionData:
    """Add transform and yaw of every face from its landmarks (N, 5, 2), NaN without."""
    chip = np.full((len(data), 2, 3), np.nan, np.float32)
    yaw = np.full(len(data), np.nan, np.float32)
    for index in np.flatnonzero(np.isfinite(landmarks).all((1, 2))):
        chip[index] = chip_transform(landmarks[index], FER_CHIP)
        yaw[index] = head_pose(landmarks[index])[0]
    return replace(data, chip=chip, yaw=yaw, landmarks=landmarks.astype(np.float32))


def with_faces_only(data: EmotionData) -> EmotionData:
    """Drop pictures without landmarks."""
    return data.take(np.isfinite(data.yaw))


def test_part(data: EmotionData) -> EmotionData:
    """Return the faces of the test parts, or all if the data set is not divided."""
    if (data.usage == 0).all() or (data.usage > 0).all():
        return data
    return data.take(np.flatnonzero(data.usage > 0))


def aligned(data: EmotionData) -> EmotionData:
    """Return the faces aligned by their transforms, as in a run; others stay raw."""
    faces = data.faces.copy()
    for index in np.flatnonzero(np.isfinite(data.chip).all((1, 2))):
        cv2.warpAffine(
            data.faces[index],
            data.chip[index],
            (FACE_PX, FACE_PX),
            dst=faces[index],
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
    return replace(data, faces=faces)


def class_weights(targets: NDArray[np.float32], strength: float = 1.0) -> NDArray[np.float32]:
    """Return weights (N,) that balance the classes; with strength 0 all are 1."""
    share = targets.mean(0)
    per_class = (1 / np.maximum(share, 1e-6) / len(share)) ** strength
    weights = targets @ per_class
    return (weights / weights.mean()).astype(np.float32)
