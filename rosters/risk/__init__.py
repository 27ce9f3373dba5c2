"""A risk score that anybody can add up: what it reads, what it weighs, what people made of it."""
