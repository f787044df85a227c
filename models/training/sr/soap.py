"""Adam in the eigenbasis of Shampoo's preconditioner (Vyas et al., "SOAP: Improving and Stabilizing Shampoo using Adam", 2024)."""

import torch

# Steps from one eigenbasis to the next; the first comes after as many, spent on looking alone.
EVERY = 20
MEMORY = 0.98


class Soap(torch.optim.Optimizer):
    def __init__(self, params, lr, betas=(0.9, 0.99)):
        super().__init__(params, {"lr": lr, "betas": betas})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self._update(p, self.state[p], group["lr"], *group["betas"])

    def _update(self, p, state, rate, momentum, memory):
        gradient = p.grad.flatten(1) if p.dim() > 1 else p.grad
        if not state:
            state["step"] = torch.zeros(())
            state["exp_avg"], state["exp_avg_sq"] = torch.zeros_like(gradient), torch.zeros_like(gradient)
            if p.dim() > 1:
                state["left"], state["right"] = (torch.zeros(n, n) for n in gradient.shape)
        state["step"] += 1
        count = int(state["step"])
        if p.dim() > 1:
            state["left"].lerp_(gradient @ gradient.t(), 1 - MEMORY)
            state["right"].lerp_(gradient.t() @ gradient, 1 - MEMORY)
            if count % EVERY == 0:
                state["left_basis"], state["right_basis"] = (torch.linalg.eigh(state[side])[1] for side in ("left", "right"))
            if "left_basis" not in state:
                return
        average = state["exp_avg"].lerp_(gradient, 1 - momentum)
        left, right = state.get("left_basis"), state.get("right_basis")
        if left is not None:
            gradient, average = left.t() @ gradient @ right, left.t() @ average @ right
        square = state["exp_avg_sq"].lerp_(gradient * gradient, 1 - memory)
        seen = count - EVERY + 1 if left is not None else count
        step = average / (1 - momentum**seen) / ((square / (1 - memory**seen)).sqrt() + 1e-8)
        if left is not None:
            step = left @ step @ right.t()
        p.sub_(step.view_as(p), alpha=rate)
