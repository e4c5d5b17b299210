// Clothes in plain words, as tests/report/test_formatting.py has them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clothesSure, clothesWords } from "#scripts/common/clothes.js";

test("what is told and what is not are both said", () => {
  assert.equal(clothesWords(["red", 0.93, "blue", 0.86, null]), "red upper, blue lower");
  const waistUp = ["white and black", 0.9, null, null, "lower half not seen"];
  assert.equal(clothesWords(waistUp), "white and black upper, lower not told");
  const night = [null, null, null, null, "infra-red picture"];
  assert.equal(clothesWords(night), "clothes not told: infra-red picture");
  assert.equal(clothesWords([null, null, null, null, null]), "clothes not told");
});

test("the probability is of the words, never rounded to certainty", () => {
  const sure = clothesSure(["red", 0.997, "blue", 0.86, null]);
  assert.equal(sure, "probability: upper > 0.99, lower 0.86");
  const half = clothesSure(["red", 0.93, null, null, "lower half not seen"]);
  assert.equal(half, "probability: upper 0.93; lower half not seen");
});
